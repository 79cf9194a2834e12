/* A reader of Python's marshal streams, versions 2 to 6, for the kinds of objects that profiles
 * are made of. Files are untrusted: lengths are checked against what is left, and every other
 * kind of object (code above all) is refused.
 *
 * It hands out one object after the other, leaves complete, containers as a head that their
 * items follow. So nothing recurses, and memory goes into one table alone: 4 bytes for each
 * object that later ones may refer to. Texts point into the stream.
 *
 * A stream can be read twice: only the first pass checks the encoding of texts.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_MARSHAL_H
#define PYPERF_FORMATS_MARSHAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <pyperf/error.h>

#define MARSHAL_NO_REFERENCE UINT32_MAX

/* Of a type: later objects may refer to this one. */
#define MARSHAL_FLAG_REFERENCE 0x80

enum marshal_kind {
    MARSHAL_END, /* of a dictionary, in the place of a key */
    MARSHAL_NONE,
    MARSHAL_BOOLEAN,
    MARSHAL_INTEGER,
    MARSHAL_FLOAT,
    MARSHAL_TEXT,
    MARSHAL_TUPLE,
    MARSHAL_LIST,
    MARSHAL_SET,
    MARSHAL_DICTIONARY, /* keys and values follow in turn, up to MARSHAL_END */
};

struct marshal_value {
    enum marshal_kind kind;
    size_t offset;      /* of its first byte; of the reference, where one stands for it */
    bool referred;      /* a reference stands for it: the items of a container are elsewhere */
    uint32_t reference; /* the object's number, if references to it may come or have come */
    size_t contents;    /* offset of a container's first item */
    union {
        int64_t integer;
        double number;
        uint32_t count; /* items of a tuple, list or set */
        struct {
            const char *text; /* UTF-8, lone surrogates included; no NUL in it, none behind */
            uint32_t size;    /* bytes */
        };
    };
};

struct marshal_reader {
    const unsigned char *bytes;
    size_t size;
    size_t at;
    uint32_t *references; /* offsets of the objects that can be referred to, by number */
    uint32_t reference_count;
    size_t reference_capacity;
    uint32_t met;       /* how many of them the pass has come by */
    unsigned elsewhere; /* containers referred to whose items are being read */
    bool second_pass;   /* everything was read once before */
    size_t allowance;   /* bytes that may still be allocated: see marshal_spend */
    enum pyperf_status status;
    struct pyperf_error *error;
};

/* Refuses streams of 4 GB or more. Release the reader in any case. */
bool marshal_open(struct marshal_reader *reader, const unsigned char *bytes, size_t size,
                  size_t allowance, struct pyperf_error *error);
void marshal_release(struct marshal_reader *reader);

/* Back to the beginning, for the second pass. */
void marshal_rewind(struct marshal_reader *reader);

/* The next object. False: what is wrong stands in the reader's status and error. */
bool marshal_next(struct marshal_reader *reader, struct marshal_value *value);

static inline uint32_t marshal_u32_at(const unsigned char *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/* The next object, where it is what most objects in a profile are: a count of at most 31 bits,
 * there or referred to (Python shares small integers), a float, the head of a short tuple.
 * False, with nothing read: it is something else, for marshal_next. */
static inline bool marshal_next_plain_count(struct marshal_reader *reader, uint64_t *count)
{
    const unsigned char *bytes = reader->bytes + reader->at;
    unsigned char type = 'i';
    if (reader->size - reader->at < 5)
        return false;
    if (bytes[0] == 'r' && marshal_u32_at(bytes + 1) < reader->met) {
        bytes = reader->bytes + reader->references[marshal_u32_at(bytes + 1)];
        type |= MARSHAL_FLAG_REFERENCE;
    }
    if (bytes[0] != type || bytes[4] > 0x7F)
        return false;
    *count = marshal_u32_at(bytes + 1);
    reader->at += 5;
    return true;
}

static inline bool marshal_next_plain_float(struct marshal_reader *reader, double *number)
{
    const unsigned char *bytes = reader->bytes + reader->at;
    if (reader->size - reader->at < 9 || bytes[0] != 'g')
        return false;
    uint64_t bits = marshal_u32_at(bytes + 1) | (uint64_t)marshal_u32_at(bytes + 5) << 32;
    _Static_assert(sizeof bits == sizeof *number, "doubles are those of IEEE 754");
    memcpy(number, &bits, sizeof bits);
    reader->at += 9;
    return true;
}

static inline bool marshal_next_plain_tuple(struct marshal_reader *reader, unsigned char count)
{
    const unsigned char *bytes = reader->bytes + reader->at;
    if (reader->size - reader->at < (size_t)count + 2 || bytes[0] != ')' || bytes[1] != count)
        return false;
    reader->at += 2;
    return true;
}

/* Only looks: marshal_skip_reference goes on behind it, for who knows what it stands for. */
static inline bool marshal_is_reference(const struct marshal_reader *reader, uint32_t *number)
{
    const unsigned char *bytes = reader->bytes + reader->at;
    if (reader->size - reader->at < 5 || bytes[0] != 'r')
        return false;
    *number = marshal_u32_at(bytes + 1);
    return *number < reader->met;
}

static inline void marshal_skip_reference(struct marshal_reader *reader)
{
    reader->at += 5;
}

/* Goes to the items of a container, which for one that is referred to are elsewhere; returns
 * where to go on when they are read, for marshal_leave. */
size_t marshal_enter(struct marshal_reader *reader, const struct marshal_value *container);
void marshal_leave(struct marshal_reader *reader, const struct marshal_value *container,
                   size_t back);

/* Where the reader is, between objects. */
struct marshal_place {
    uint32_t at;  /* bytes */
    uint32_t met; /* objects that could be referred to */
};

struct marshal_place marshal_here(const struct marshal_reader *reader);

/* In the second pass: to an object that can be referred to, as if all before it had been read;
 * returns where the reader was. */
struct marshal_place marshal_go_to(struct marshal_reader *reader, uint32_t reference);

/* In the second pass: to any place where the reader was in the first. */
void marshal_return(struct marshal_reader *reader, struct marshal_place place);

/* Refuses the stream for a reason that has to do with the byte at `offset`. Returns false. */
bool marshal_refuse(struct marshal_reader *reader, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* To be asked before anything is allocated that depends on the stream; refuses what asks for
 * more memory than was allowed. */
bool marshal_spend(struct marshal_reader *reader, size_t count, size_t item_size);

bool marshal_no_memory(struct marshal_reader *reader);

#endif
