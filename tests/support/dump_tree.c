/* Prints the call tree of a session directory, for tests that look at it: one line for each
 * node, tab-separated:
 *
 *     PARENT KIND FILE LINE NAME CALLS RESUMES INCLUSIVE SELF FOLDED
 *
 * Control characters in names are shown as \xNN. Parents are node numbers, -1 for roots; times
 * are nanoseconds; nodes that nothing happened in are printed, too, so that line N is node N.
 *
 * usage: dump_tree SESSION raw|compensated
 *
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pyperf/compensation.h>
#include <pyperf/reports.h>
#include <pyperf/session.h>

#include "base/text_buffer.h"

static void print_node(const struct pyperf_profile *profile, uint32_t index, uint64_t self)
{
    static const char *const kinds[] = {"python", "builtin", "method", "root", "fold root"};
    const struct pyperf_node *node = &profile->nodes[index];
    const struct pyperf_function *function = &profile->functions[node->function];
    double factor = profile->run.nanoseconds_per_tick;
    int64_t parent = node->parent == PYPERF_NO_INDEX ? -1 : (int64_t)node->parent;
    struct text_buffer name = {0};
    pyperf_report_escape(&name, pyperf_profile_string(profile, function->name));
    printf("%" PRId64 "\t%s\t%s\t%" PRIu32 "\t%s\t%" PRIu64 "\t%" PRIu64 "\t%.0f\t%.0f\t%.0f\n",
           parent, kinds[function->kind], pyperf_profile_string(profile, function->file),
           function->line, text_buffer_text(&name), node->calls, node->resumes,
           (double)node->inclusive * factor, (double)self * factor,
           (double)node->folded * factor);
    text_buffer_release(&name);
}

int main(int argc, char **argv)
{
    struct pyperf_profile *profile;
    struct pyperf_error error;
    if (argc != 3)
        return 2;
    enum pyperf_status status = pyperf_session_read(argv[1], 0, &profile, &error);
    if (status == PYPERF_OK && strcmp(argv[2], "raw") != 0)
        status = pyperf_profile_compensate(profile, &error);
    if (status != PYPERF_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    uint64_t *self = pyperf_profile_self_ticks(profile);
    if (!self)
        abort();
    for (uint32_t i = 0; i < profile->node_count; i++)
        print_node(profile, i, self[i]);
    free(self);
    pyperf_profile_free(profile);
    return 0;
}
