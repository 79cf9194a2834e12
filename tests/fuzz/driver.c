/* Feeds a fuzz target with what became of real files, where libFuzzer is not at hand.
 *
 * usage: fuzz_NAME [--truncate] [--mutate N] [--seed N] FILE...
 *
 * Every FILE as it is; with --truncate, cut off at each of its bytes; with --mutate, N times in
 * all with one byte changed. Sanitizers end the program at what they find, and this adds which
 * input it was; so does an input that takes longer than ten seconds.
 *
 * SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <inttypes.h>
#include <sanitizer/common_interface_defs.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SECONDS_PER_INPUT = 10 };

struct seed {
    const char *path;
    uint8_t *bytes;
    size_t size;
};

/* What is fed at the moment: for those who run when it goes wrong. */
static char current[512];
static uint64_t inputs;

static void say_current(void)
{
    (void)!write(STDERR_FILENO, current, strlen(current));
}

static void give_up(int signal_number)
{
    static const char text[] = "takes too long: ";
    (void)signal_number;
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    say_current();
    _exit(1);
}

/* In a block of exactly its size, so that every byte read beyond it is seen. */
static void feed(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size);
    if (!copy && size > 0) {
        fputs("out of memory\n", stderr);
        exit(2);
    }
    if (size > 0)
        memcpy(copy, bytes, size);
    alarm(SECONDS_PER_INPUT);
    LLVMFuzzerTestOneInput(copy, size);
    alarm(0);
    free(copy);
    inputs++;
}

static void truncate_everywhere(const struct seed *seed)
{
    for (size_t size = 0; size < seed->size; size++) {
        snprintf(current, sizeof current, "%s, its first %zu bytes\n", seed->path, size);
        feed(seed->bytes, size);
    }
}

/* xorshift64* */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1Du;
}

/* Any value, one bit changed, a little more or less, or one of those at the edges. */
static uint8_t mutate(uint8_t byte, uint64_t random)
{
    static const uint8_t edges[] = {0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF};
    uint8_t value = (uint8_t)(random >> 8);
    switch (random % 4) {
    case 0:
        return value;
    case 1:
        return (uint8_t)(byte ^ 1 << value % 8);
    case 2:
        return (uint8_t)(byte + value % 9 - 4);
    default:
        return edges[value % sizeof edges];
    }
}

static void mutate_often(const struct seed *seed, uint64_t times, uint64_t *state)
{
    for (uint64_t i = 0; i < times && seed->size > 0; i++) {
        size_t place = (size_t)(next_random(state) % seed->size);
        uint8_t kept = seed->bytes[place];
        seed->bytes[place] = mutate(kept, next_random(state));
        snprintf(current, sizeof current, "%s, byte %zu is 0x%02x\n", seed->path, place,
                 seed->bytes[place]);
        feed(seed->bytes, seed->size);
        seed->bytes[place] = kept;
    }
}

static struct seed load(const char *path)
{
    struct seed seed = {.path = path};
    FILE *file = fopen(path, "rb");
    if (file && fseek(file, 0, SEEK_END) == 0) {
        long size = ftell(file);
        seed.size = size > 0 ? (size_t)size : 0;
        seed.bytes = malloc(seed.size + 1);
        rewind(file);
    }
    if (!seed.bytes || fread(seed.bytes, 1, seed.size, file) != seed.size) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(2);
    }
    fclose(file);
    return seed;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"truncate", no_argument, NULL, 't'},
        {"mutate", required_argument, NULL, 'm'},
        {"seed", required_argument, NULL, 's'},
        {NULL, 0, NULL, 0},
    };
    bool truncates = false;
    uint64_t mutations = 0, state = 1;
    for (int key; (key = getopt_long(argc, argv, "", options, NULL)) >= 0;) {
        if (key == '?')
            return 2;
        truncates = truncates || key == 't';
        if (key == 'm')
            mutations = strtoull(optarg, NULL, 10);
        if (key == 's')
            state = strtoull(optarg, NULL, 10) * 2 + 1; /* never 0 */
    }
    __sanitizer_set_death_callback(say_current);
    signal(SIGALRM, give_up);
    int files = argc - optind;
    for (int i = optind; i < argc; i++) {
        struct seed seed = load(argv[i]);
        snprintf(current, sizeof current, "%s\n", seed.path);
        feed(seed.bytes, seed.size);
        if (truncates)
            truncate_everywhere(&seed);
        mutate_often(&seed, mutations / (uint64_t)files, &state);
        free(seed.bytes);
    }
    printf("%" PRIu64 " inputs\n", inputs);
    return files > 0 ? 0 : 2;
}
