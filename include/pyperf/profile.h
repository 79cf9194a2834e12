/* The model of a recorded run: functions, threads, and one exact calling-context tree.
 *
 * A profile is plain arrays that refer to each other by index; it owns all of them. A node
 * stands for one *path* of calls from a thread's root. Every node's parent has a smaller index
 * than the node, so a loop over the array visits parents before children, and a loop from its
 * end visits children first; no recursion is needed.
 *
 *     self ticks = inclusive − Σ children's inclusive − folded
 *
 * Folding: where the tree had reached the recording's node limit, further contexts share one
 * node per function and thread, all of them children of the thread's *fold root* (a node whose
 * function has kind PYPERF_FUNCTION_FOLD_ROOT). Their `inclusive` counts every activation, also
 * nested ones, so it may be summed up neither with siblings nor into the fold root, whose own
 * times are zero. The time a caller spent in such callees is in the caller's `folded`.
 *
 * _create functions return objects that the caller frees; every other pointer is borrowed from
 * its owner.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PROFILE_H
#define PYPERF_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pyperf/error.h>
#include <pyperf/lines.h>

#define PYPERF_NO_INDEX UINT32_MAX

enum { PYPERF_DURATION_BUCKETS = 64 };

enum pyperf_function_kind {
    PYPERF_FUNCTION_PYTHON,         /* has a code object: file, line, name, qualified name */
    PYPERF_FUNCTION_BUILTIN,        /* implemented in C; file is "~", line 0, as in pstats */
    PYPERF_FUNCTION_BUILTIN_METHOD, /* the same, a method of a type implemented in C */
    PYPERF_FUNCTION_ROOT,           /* the root of a thread's tree */
    PYPERF_FUNCTION_FOLD_ROOT,      /* the parent of a thread's folded contexts */
};

/* Strings are byte offsets into the profile's `strings`; UTF-8, with lone surrogates kept as
 * Python's "surrogatepass" encodes them. */
struct pyperf_function {
    uint32_t file;
    uint32_t name;           /* as pstats shows it: co_name, or "<built-in method …>" */
    uint32_t qualified_name; /* co_qualname where the interpreter has one, else the name */
    uint32_t line;           /* co_firstlineno */
    enum pyperf_function_kind kind;
    bool decorated; /* the program asked for it (`@profile`) */
    uint64_t
        folded_primitive_calls; /* activations in folded contexts that were not recursive */
    uint64_t folded_primitive_ticks; /* and the time they took */
    uint64_t longest; /* ticks of the longest completed activation, compensated if the run is */
    /* Completed activations by duration: item n counts those of 2^n to 2^(n+1) - 1 ticks, the
     * first one those of 0, too. Ticks as they were recorded, */
    uint64_t durations[PYPERF_DURATION_BUCKETS];
    double duration_scale; /* times this: less than 1 once the overhead is taken off */
};

/* What recording costs by the kind of event. */
enum pyperf_cost_kind {
    PYPERF_COST_CALL,       /* start and end of a Python function */
    PYPERF_COST_RESUME,     /* the same of a generator's or coroutine's resumption */
    PYPERF_COST_BUILTIN,    /* call of a function implemented in C */
    PYPERF_COST_METHOD,     /* call of a method of a type implemented in C */
    PYPERF_COST_UNRECORDED, /* one event that records nothing */
    PYPERF_COST_LINE, /* beginning of a line: inside, of its own time; outside, of none's */
    PYPERF_COST_LINE_ENTRY, /* start and end, or resumption and suspension, of a function whose
                             * lines are recorded: outside, in its caller's line */
    PYPERF_COST_COUNT,
};

struct pyperf_cost {
    double inside;  /* ticks of it in an activation's own time; 0: not known */
    double outside; /* ticks of it in the time of its caller */
};

struct pyperf_node {
    uint32_t parent;     /* node index; PYPERF_NO_INDEX for a thread's root and fold root */
    uint32_t function;   /* function index */
    uint64_t calls;      /* activations begun here; a generator's or coroutine's first start */
    uint64_t resumes;    /* further entries into a suspended generator or coroutine */
    uint64_t inclusive;  /* ticks between entry and exit, callees included */
    uint64_t folded;     /* ticks of callees that were folded */
    uint64_t unrecorded; /* events that took time here and recorded no call of their own */
    uint64_t recording;  /* ticks of the recorder's own in the self time, as it measured them */
};

struct pyperf_thread {
    uint64_t os_id;       /* the kernel's thread id */
    uint32_t root;        /* node index */
    uint32_t fold_root;   /* node index, or PYPERF_NO_INDEX: nothing was folded */
    uint64_t started;     /* nanoseconds since the program started to run */
    uint64_t ended;       /* nanoseconds since the program started to run */
    uint32_t open_frames; /* calls that had not returned when the thread ended */
    uint32_t first_open;  /* the outermost of them, an index into open_calls, */
    uint32_t
        open_calls;   /* which has so many of them: those of stacks put aside are not there */
    bool end_seen;    /* false: the process ended before it, or was killed */
    uint32_t name;    /* string; "": it has none. As threading or the system has it */
    bool usage_known; /* false: the process was killed; the three below are 0 */
    uint64_t cpu;     /* nanoseconds of CPU time while recorded */
    uint64_t voluntary_switches;   /* context switches while recorded: waited for something */
    uint64_t involuntary_switches; /* context switches while recorded: was preempted */
};

/* A recorded process. */
struct pyperf_process {
    uint64_t pid;
    uint64_t parent_pid;
    uint32_t command; /* string: the words it was started with; of the first, the program */
    uint32_t python_version; /* string: "3.11.2" */
    uint32_t first_thread;   /* its threads, an index into the profile's, */
    uint32_t thread_count;   /* and how many they are */
    uint64_t calls;          /* activations recorded in it */
    uint64_t wall;           /* nanoseconds from when its recording began to its end */
    bool running;            /* it was alive when this was read */
};

/* What is known about the run as a whole. Strings are offsets, as in functions. */
struct pyperf_run {
    uint32_t program;        /* what was run: "script.py", "-m module", "-c", "-" */
    uint32_t interpreter;    /* path of the interpreter it ran under */
    uint32_t python_version; /* "3.11.2" */
    uint32_t engine;         /* "setprofile", "monitoring", "frames" */
    uint32_t command_line;   /* of its process, words apart by spaces, cut where it is long */
    uint32_t host;           /* the name of the machine */
    uint32_t clock;          /* of nodes and functions: "counter", "monotonic", "cpu" */
    uint64_t merged;         /* runs that were added up to make this one; 0: it is one */
    uint64_t pid;
    uint64_t started_at;         /* nanoseconds since the epoch */
    uint64_t wall;               /* nanoseconds from the program's start to its end */
    double nanoseconds_per_tick; /* of nodes and functions */
    bool cpu_time; /* their ticks are of the threads' CPU time, not of the wall clock */
    struct pyperf_cost costs[PYPERF_COST_COUNT];
    uint64_t children;         /* processes that the program started, recorded or not */
    uint64_t unrecordable;     /* children that were to be recorded and could not be, */
    uint32_t unrecordable_why; /* and string: why one of them could not */
    bool follows_children;     /* those that run Python were to be recorded */
    uint64_t max_nodes;        /* the limit beyond which contexts were folded */
    uint64_t lost_calls;     /* calls that found no room at all; their time is their caller's */
    uint64_t resynchronised; /* returns that ended calls whose own return was not seen */
    uint64_t unmatched;      /* returns without a call: it began before recording did */
    uint64_t displaced;      /* how often the program put a hook of its own in ours' place, */
    uint64_t displaced_time; /* for how long, in nanoseconds, of all threads, */
    uint32_t displaced_where; /* and string: "FILE:LINE" of the first time, "" if unknown */
    uint64_t beyond_depth; /* calls too deep in the C stack: what they called is not recorded */
    int recording_error;   /* errno that ended the growth of the recording, or 0 */
    bool compensated;      /* the cost of recording was taken off the times */
    double overhead;       /* ticks that were, of all threads */
    double unexplained;    /* ticks that should have been, where there was no time left */
    bool running;          /* the recorded process was alive when this was read */
    bool started;          /* the interpreter got as far as running the program */
    bool end_known; /* false: nobody saw the end; the last recorded event stands for it */
    bool replaced;  /* the program ended by becoming another one (exec) */
};

struct pyperf_profile {
    char *strings; /* NUL-terminated, one after the other; offset 0 is "" */
    size_t strings_size;
    struct pyperf_function *functions;
    uint32_t function_count;
    struct pyperf_node *nodes;
    uint32_t node_count;
    struct pyperf_thread *threads; /* the first is the main thread */
    uint32_t thread_count;
    struct pyperf_process *processes; /* the first is the program's own */
    uint32_t process_count;
    uint32_t *open_calls; /* nodes, thread by thread, outermost first; PYPERF_NO_INDEX: a call
                           * that found no room in the recording */
    uint32_t open_call_count;
    struct pyperf_lines *lines; /* NULL: no lines were recorded */
    struct pyperf_run run;
};

struct pyperf_profile *pyperf_profile_create(void);
void pyperf_profile_free(struct pyperf_profile *profile);

/* Adds the threads, functions and trees of other profiles: of other processes in the same run.
 * All have the cost of recording taken off, or none. What is said of the run stays, but that
 * counts of losses and overheads add up. On failure `profile` can only be freed. */
enum pyperf_status pyperf_profile_append(struct pyperf_profile *profile,
                                         struct pyperf_profile *const *others, size_t count,
                                         struct pyperf_error *error);

/* A line as Python has it, an int: code that was made by a program can begin at a negative one.
 */
static inline int32_t pyperf_signed_line(uint32_t line)
{
    return line <= INT32_MAX ? (int32_t)line : -(int32_t)(UINT32_MAX - line) - 1;
}

/* Did Python say what the qualified names of functions are? It does from 3.11 on; before, the
 * names stand in their place. */
bool pyperf_profile_knows_qualified_names(const struct pyperf_profile *profile);

/* The string at a byte offset. */
static inline const char *pyperf_profile_string(const struct pyperf_profile *profile,
                                                uint32_t offset)
{
    return profile->strings + offset;
}

/* Self ticks of every node: an array of node_count that the caller frees, or NULL when there
 * is no memory. Never negative: a child that seems to exceed its parent counts as all of it. */
uint64_t *pyperf_profile_self_ticks(const struct pyperf_profile *profile);

#endif
