/* Prints the lines of a session directory, for tests that look at them, tab-separated:
 *
 *     function FILE FIRST_LINE QUALIFIED_NAME THREAD CALLS INCLUSIVE DECORATED
 *     line NUMBER HITS INCLUSIVE OWN        of the function above, one a line
 *     call NAME CALLS INCLUSIVE             of the line above
 *     source FILE CHANGED SIZE              followed by so many bytes and a line end
 *     lost COUNT
 *
 * Times are nanoseconds. Recordings of children are merged with the program's.
 *
 * usage: dump_lines SESSION raw|compensated
 *
 * SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <pyperf/compensation.h>
#include <pyperf/session.h>

static void print_calls(const struct pyperf_profile *profile, const struct pyperf_line *line)
{
    for (uint32_t i = 0; i < line->call_count; i++) {
        const struct pyperf_line_call *call = &profile->lines->calls[line->first_call + i];
        printf("call\t%s\t%" PRIu64 "\t%.0f\n",
               pyperf_profile_string(profile, profile->functions[call->callee].name),
               call->calls, (double)call->inclusive * profile->run.nanoseconds_per_tick);
    }
}

static void print_function(const struct pyperf_profile *profile,
                           const struct pyperf_line_function *of_lines)
{
    const struct pyperf_function *function = &profile->functions[of_lines->function];
    double factor = profile->run.nanoseconds_per_tick;
    printf("function\t%s\t%" PRIu32 "\t%s\t%" PRIu32 "\t%" PRIu64 "\t%.0f\t%d\n",
           pyperf_profile_string(profile, function->file), function->line,
           pyperf_profile_string(profile, function->qualified_name), of_lines->thread,
           of_lines->calls, (double)of_lines->inclusive * factor, of_lines->decorated);
    for (uint32_t i = 0; i < of_lines->line_count; i++) {
        const struct pyperf_line *line = &profile->lines->lines[of_lines->first_line + i];
        printf("line\t%" PRIu32 "\t%" PRIu64 "\t%.0f\t%.0f\n", line->number, line->hits,
               (double)line->inclusive * factor,
               (double)(line->inclusive - line->callees) * factor);
        print_calls(profile, line);
    }
}

static void print_source(const struct pyperf_profile *profile,
                         const struct pyperf_source *source)
{
    const char *text = pyperf_profile_string(profile, source->text);
    printf("source\t%s\t%d\t%zu\n%s\n", pyperf_profile_string(profile, source->file),
           source->changed, strlen(text), text);
}

static enum pyperf_status print_all(struct pyperf_session *session, bool compensated,
                                    struct pyperf_error *error)
{
    for (size_t i = 0; compensated && i < session->count; i++) {
        enum pyperf_status status = pyperf_profile_compensate(session->processes[i], error);
        if (status != PYPERF_OK)
            return status;
    }
    struct pyperf_profile *profile = pyperf_session_merge(session, error);
    if (!profile)
        return PYPERF_NO_MEMORY;
    for (uint32_t i = 0; profile->lines && i < profile->lines->function_count; i++)
        print_function(profile, &profile->lines->functions[i]);
    for (uint32_t i = 0; profile->lines && i < profile->lines->source_count; i++)
        print_source(profile, &profile->lines->sources[i]);
    if (profile->lines)
        printf("lost\t%" PRIu64 "\n", profile->lines->lost);
    pyperf_profile_free(profile);
    return PYPERF_OK;
}

int main(int argc, char **argv)
{
    struct pyperf_session session;
    struct pyperf_error error;
    if (argc != 3)
        return 2;
    enum pyperf_status status = pyperf_session_read_all(argv[1], 0, &session, &error);
    if (status == PYPERF_OK)
        status = print_all(&session, strcmp(argv[2], "raw") != 0, &error);
    if (status != PYPERF_OK)
        fprintf(stderr, "%s\n", error.message);
    pyperf_session_release(&session);
    return status == PYPERF_OK ? 0 : 1;
}
