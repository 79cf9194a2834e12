/* What a recording looks like in its file, and so in memory.
 *
 * A recording is one sparse file, mapped in full by the recorded process and read by the
 * supervisor after that process has ended, in whatever way it ended. It is a header page and
 * some regions, each an append-only array with room reserved for the largest size it may reach.
 * Everything refers to everything else by 32-bit index or by byte offset into a region.
 * Numbers are in the machine's byte order: a recording never leaves the machine.
 *
 * A process can be killed between any two instructions. Therefore an item is complete before
 * its count in the header includes it, and a frame is complete before its thread's depth
 * includes it (writer.h keeps the compiler from moving the stores).
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_LAYOUT_H
#define PYPERF_RECORDING_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define RECORDING_MAGIC "pyperfR"
enum { RECORDING_VERSION = 5 };

#define RECORDING_NONE UINT32_MAX /* "no index" */

enum recording_region_kind {
    RECORDING_NODES,       /* struct recording_node */
    RECORDING_FUNCTIONS,   /* struct recording_function */
    RECORDING_STRINGS,     /* bytes; every string ends in NUL; offset 0 is "" */
    RECORDING_THREADS,     /* struct recording_thread */
    RECORDING_STACKS,      /* struct recording_frame, in blocks that threads own */
    RECORDING_LINES,       /* struct recording_line, in blocks of a function and a thread */
    RECORDING_LINE_STACKS, /* struct recording_line_frame, in blocks that threads own */
    RECORDING_SOURCES,     /* struct recording_source */
    RECORDING_REGION_COUNT,
};

/* Where a region lies in the file. Items beyond `committed` bytes may lack disk space. */
struct recording_region {
    uint64_t offset;    /* bytes from the file's start */
    uint64_t capacity;  /* bytes reserved */
    uint64_t committed; /* bytes that are sure to have space on disk */
};

/* A node fills a line of the processor's cache, so that an event touches one line of its own
 * node and none of another's. */
struct recording_node {
    uint32_t parent;     /* node; RECORDING_NONE for roots */
    uint32_t function;   /* function */
    uint64_t calls;      /* starts */
    uint64_t resumes;    /* entries into a suspended generator or coroutine */
    uint64_t inclusive;  /* ticks, of completed activations */
    uint64_t folded;     /* ticks of callees that were folded */
    uint64_t unrecorded; /* events in this context that recorded no call, but took their time */
    uint64_t recording; /* ticks of the writer's own, measured, in this context's self time, and
                           costs that not every event of a kind has */
    uint32_t next_of_function; /* chains the nodes of one function, newest first */
    uint32_t hash;             /* the writer's, of parent and function */
};

enum recording_function_kind {
    RECORDING_FUNCTION_PYTHON,
    RECORDING_FUNCTION_BUILTIN,        /* a function implemented in C */
    RECORDING_FUNCTION_BUILTIN_METHOD, /* a method of a type implemented in C */
    RECORDING_FUNCTION_ROOT,
    RECORDING_FUNCTION_FOLD_ROOT,
    /* A line of a function, with its names and that line. Where it is recorded what lines call,
     * their nodes stand between the function's and those of what was called meanwhile; an
     * activation that ends in a line is booked there. */
    RECORDING_FUNCTION_LINE,
};

enum { RECORDING_DURATION_BUCKETS = 64 };

struct recording_function {
    uint32_t file;           /* string */
    uint32_t name;           /* string */
    uint32_t qualified_name; /* string */
    uint32_t line;
    uint32_t kind;                   /* enum recording_function_kind */
    uint32_t newest_node;            /* head of the chain through next_of_function */
    uint32_t decorated;              /* 1: the program asked for it (`@profile`) */
    uint64_t folded_primitive_calls; /* activations in folded contexts, recursion left out */
    uint64_t folded_primitive_ticks;
    uint64_t longest; /* ticks of the longest completed activation */
    /* Completed activations by duration: item n counts those of 2^n to 2^(n+1) - 1 ticks, the
     * first one those of 0 ticks, too. */
    uint64_t durations[RECORDING_DURATION_BUCKETS];
};

/* One call that has not returned. */
struct recording_frame {
    uint64_t entered;  /* ticks */
    uint64_t identity; /* tells activations apart while both are on the stack: an address */
    uint32_t node;
    uint32_t site; /* RECORDING_SITE_… or the offset of the call instruction */
};

/* Where `number` is none: the entry is the first of its block and stands for the function as a
 * whole, from the beginning of its first line on. */
enum recording_line_head {
    RECORDING_LINE_FUNCTION = 0,
    RECORDING_LINE_DECORATED = INT32_MAX, /* and the program asked for it (`@profile`) */
};

/* A line of a chosen function in a thread; also such that were never reached. An activation of
 * it ends with the next line of the function or the function, and is interrupted where a
 * generator or coroutine is suspended. It fills a line of the processor's cache. */
struct recording_line {
    uint32_t function;
    uint32_t thread;
    uint32_t number;    /* in the file, or enum recording_line_head */
    uint32_t active;    /* activations that are not over: nested ones, by recursion */
    uint64_t hits;      /* activations; of functions: starts */
    uint64_t inclusive; /* ticks, of nested activations those of the outermost alone */
    uint64_t gross;     /* ticks of all activations; not counted for functions */
    uint64_t callees;   /* ticks of these in which chosen functions ran that it called */
    uint64_t entries;   /* how often such a function was started or resumed */
    uint64_t
        overhead; /* ticks of the inclusive ones that recording lines took, as calibrated */
};

/* Does it stand for its function? */
static inline bool recording_line_is_head(const struct recording_line *line)
{
    return line->number == RECORDING_LINE_FUNCTION || line->number == RECORDING_LINE_DECORATED;
}

/* One activation of a chosen function that is not over, and the line that it is in. */
struct recording_line_frame {
    uint64_t began;   /* ticks: when its first line, or what was resumed, did; 0: none has */
    uint64_t entered; /* ticks: when the line did */
    uint64_t callees; /* ticks of chosen functions that the line called */
    uint32_t line;    /* RECORDING_NONE: in none */
    uint32_t head;    /* the line that stands for the function */
};

/* The source text of a file when its code was first seen. */
struct recording_source {
    uint32_t file;    /* string: as in the functions */
    uint32_t text;    /* string: as it is on disk, or UTF-8; "": there is none */
    uint32_t path;    /* string: absolute, of the file on disk; "": it is not there */
    uint32_t is_raw;  /* 1: bytes as on disk, in an encoding that they declare */
    uint64_t size;    /* bytes of the file on disk, */
    int64_t modified; /* and its time stamp, in nanoseconds since the epoch */
};

enum { RECORDING_THREAD_NAME_SIZE = 64 /* bytes, NUL included */ };

enum {
    RECORDING_SITE_FOLDED = 1 << 30,    /* the node is a folded one */
    RECORDING_SITE_PRIMITIVE = 1 << 29, /* folded, and its function was not on the stack */
    RECORDING_SITE_LOST = 1 << 28,      /* found no room; the node is the caller's */
    RECORDING_SITE_BUILTIN = 1 << 27,   /* a C function; low bits: the call instruction */
};

struct recording_thread {
    uint64_t os_id;          /* gettid() */
    uint64_t stack;          /* index of the stack's first frame in its region */
    uint32_t stack_capacity; /* frames */
    uint32_t depth;          /* frames in use; the first is the thread's root */
    uint32_t root;           /* node */
    uint32_t fold_root;      /* node, or RECORDING_NONE */
    uint32_t parked;         /* open frames of stacks that were switched away from */
    uint32_t has_usage;      /* 1: the _ended figures are there, of its end or the run's */
    uint64_t started;        /* ticks */
    uint64_t ended;          /* ticks; 0: its end was not seen */
    uint64_t cpu_started;    /* nanoseconds of CLOCK_THREAD_CPUTIME_ID */
    uint64_t cpu_ended;
    uint64_t voluntary_started; /* context switches, from getrusage */
    uint64_t voluntary_ended;
    uint64_t involuntary_started;
    uint64_t involuntary_ended;
    uint64_t displaced_since;     /* ticks; 0: no other hook is in the engine's place */
    uint64_t line_stack;          /* index of the line stack's first frame in its region */
    uint32_t line_stack_capacity; /* frames; 0: the thread has no line stack */
    uint32_t line_depth;          /* frames in use */
    char name[RECORDING_THREAD_NAME_SIZE]; /* UTF-8; "": it has none */
};

/* What an event costs by its kind. It is measured in the recorded process before the program
 * runs; see src/python/calibration.h. */
enum recording_cost_kind {
    RECORDING_COST_CALL,       /* start and end of a Python function */
    RECORDING_COST_RESUME,     /* the same of a generator's or coroutine's resumption */
    RECORDING_COST_BUILTIN,    /* call of a function implemented in C */
    RECORDING_COST_METHOD,     /* call of a method implemented in C */
    RECORDING_COST_UNRECORDED, /* one event that records nothing */
    RECORDING_COST_LINE, /* beginning of a line: inside, of its own time; outside, of none's */
    RECORDING_COST_LINE_ENTRY, /* start and end, or resumption and suspension, of a function
                                * whose lines are recorded: outside, in its caller's line */
    RECORDING_COST_COUNT,
};

/* In ticks; 0 where it was not measured. */
struct recording_cost {
    double inside;  /* what an activation's own time holds of it */
    double outside; /* and what its caller's holds */
};

struct recording_header {
    char magic[8];
    uint32_t version;
    uint32_t header_size; /* sizeof(struct recording_header) */
    uint64_t file_size;   /* bytes, all regions included */
    uint32_t clock;       /* enum clock_kind: of moments of the run and of threads */
    uint32_t event_clock; /* enum clock_kind: of frames and of ticks in nodes */
    uint32_t max_nodes;   /* contexts beyond these are folded */
    int64_t pid;
    int64_t parent_pid;
    uint64_t children;       /* processes that it started */
    uint32_t follows;        /* those that run Python are recorded, too: 0 or 1 */
    uint64_t process_start;  /* clock ticks after boot, field 22 of /proc/PID/stat */
    char boot_id[40];        /* tells whether a tick now is a tick then */
    struct clock_pair start; /* when the recording was made */
    struct clock_pair last;  /* a late moment; the end, if that was seen */
    uint64_t run_started;    /* ticks; 0: Python never came to run the program */
    uint64_t run_ended;      /* ticks; 0: the end was not seen */
    uint64_t exec_started;   /* ticks of an exec that has not failed so far, or 0 */
    uint32_t counts[RECORDING_REGION_COUNT]; /* items in use; bytes for strings */
    int32_t error; /* errno that kept the recording from growing, or 0 */
    uint64_t lost_calls;
    uint64_t resynchronised; /* returns that ended calls above whose own return was not seen */
    uint64_t unmatched;      /* returns of calls that are not on the stack: nothing was done */
    uint64_t displaced;      /* how often another hook took the engine's place */
    uint64_t
        displaced_ticks; /* of the clock of moments, for how long; of times that are over */
    uint32_t displaced_where;    /* string: FILE:LINE of the first time; "": before any line */
    uint64_t lost_lines;         /* lines begun that found no room */
    uint32_t records_lines;      /* 1: lines were asked for */
    uint32_t records_line_calls; /* 1: and what they called */
    uint32_t only_decorated;     /* 1: of lines, only those of decorated functions are meant */
    uint64_t beyond_depth; /* frames below which nothing was recorded, to spare the C stack */
    struct recording_cost costs[RECORDING_COST_COUNT];
    char engine[16];
    char python_version[48];
    char command_line[256]; /* of the process, words apart by spaces, cut */
    struct recording_region regions[RECORDING_REGION_COUNT];
};

/* Bytes of an item of each region. */
static const uint32_t recording_item_size[RECORDING_REGION_COUNT] = {
    sizeof(struct recording_node),
    sizeof(struct recording_function),
    1,
    sizeof(struct recording_thread),
    sizeof(struct recording_frame),
    sizeof(struct recording_line),
    sizeof(struct recording_line_frame),
    sizeof(struct recording_source),
};

_Static_assert(sizeof(struct recording_node) == 64, "one cache line");
_Static_assert(sizeof(struct recording_line) == 64, "one cache line");
_Static_assert(sizeof(struct recording_header) <= 4096, "the header is one page");

#endif
