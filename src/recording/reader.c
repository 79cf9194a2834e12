/* Reads a recording into a profile, and closes what was still open.
 *
 * SPDX-License-Identifier: MIT */
#include "recording/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/saturating.h"
#include "recording/layout.h"
#include "recording/process.h"
#include "recording/reader_calls.h"
#include "recording/reader_lines.h"
#include "recording/recording_check.h"
#include "recording/recording_file.h"
#include "recording/session.h"

static uint64_t elapsed(uint64_t from, uint64_t to)
{
    return to > from ? to - from : 0;
}

/* Books the time of a call that had not returned, as the writer would have. */
static void close_frame(struct recording_file *file, const struct recording_frame *frame,
                        const struct recording_frame *caller, uint64_t ticks)
{
    struct recording_node *node = &file->nodes[frame->node];
    node->inclusive += ticks;
    if (frame->site & RECORDING_SITE_FOLDED && caller)
        file->nodes[caller->node].folded += ticks;
    if (frame->site & RECORDING_SITE_PRIMITIVE)
        file->functions[node->function].folded_primitive_ticks += ticks;
}

/* When a thread's open frames ended is not always known: of its CPU time nothing after its last
 * event, of a killed process's time perhaps nothing either. But what its callees took, a call
 * took at least. `busy`: ticks of every node's callees. */
static void close_frames(struct recording_file *file, const struct recording_thread *thread,
                         uint64_t now, uint64_t *busy)
{
    const struct recording_frame *frames = &file->frames[thread->stack];
    if (file->header.event_clock == CLOCK_KIND_CPU)
        now = frames[thread->depth - 1].entered;
    for (uint32_t depth = thread->depth; depth-- > 0;) {
        const struct recording_frame *frame = &frames[depth];
        const struct recording_node *node = &file->nodes[frame->node];
        if (frame->site & RECORDING_SITE_LOST)
            continue;
        uint64_t ticks = elapsed(frame->entered, now);
        uint64_t least =
            elapsed(node->inclusive, saturating_sum(busy[frame->node], node->folded));
        if (ticks < least && !(frame->site & RECORDING_SITE_FOLDED))
            ticks = least;
        close_frame(file, frame, depth ? frame - 1 : NULL, ticks);
        if (node->parent != RECORDING_NONE)
            saturating_add(&busy[node->parent], ticks);
    }
}

static bool has_open_frames(const struct recording_file *file)
{
    for (uint32_t i = 0; i < file->header.counts[RECORDING_THREADS]; i++)
        if (file->threads[i].depth)
            return true;
    return false;
}

/* False: no memory. */
static bool close_all_frames(struct recording_file *file, uint64_t now)
{
    uint32_t nodes = file->header.counts[RECORDING_NODES];
    if (!has_open_frames(file))
        return true;
    uint64_t *busy = calloc((size_t)nodes + 1, sizeof *busy);
    if (!busy)
        return false;
    for (uint32_t i = 0; i < nodes; i++)
        if (file->nodes[i].parent != RECORDING_NONE)
            saturating_add(&busy[file->nodes[i].parent], file->nodes[i].inclusive);
    for (uint32_t i = 0; i < file->header.counts[RECORDING_THREADS]; i++)
        if (file->threads[i].depth)
            close_frames(file, &file->threads[i], now, busy);
    free(busy);
    return true;
}

/* The latest moment that the recording itself knows of. */
static uint64_t latest_moment(const struct recording_file *file)
{
    uint64_t latest = file->header.last.ticks;
    for (uint32_t i = 0; i < file->header.counts[RECORDING_THREADS]; i++) {
        const struct recording_thread *thread = &file->threads[i];
        if (thread->ended > latest)
            latest = thread->ended;
        if (thread->depth && file->header.event_clock != CLOCK_KIND_CPU) {
            uint64_t entered = file->frames[thread->stack + thread->depth - 1].entered;
            if (entered > latest)
                latest = entered;
        }
        if (thread->line_depth > 1 && file->header.event_clock != CLOCK_KIND_CPU) {
            uint64_t entered =
                file->line_frames[thread->line_stack + thread->line_depth - 1].entered;
            if (entered > latest)
                latest = entered;
        }
    }
    return latest;
}

/* Whatever came later than an exec shows that it failed. */
static bool ended_in_exec(const struct recording_file *file)
{
    const struct recording_header *header = &file->header;
    return !header->run_ended && header->exec_started &&
           latest_moment(file) <= header->exec_started;
}

/* The moment at which open frames end, in ticks. */
static uint64_t end_of_run(const struct recording_file *file, uint64_t ended_monotonic)
{
    const struct recording_header *header = &file->header;
    if (header->run_ended)
        return header->run_ended;
    if (ended_in_exec(file))
        return header->exec_started;
    if (file->running)
        ended_monotonic = clock_monotonic();
    if (ended_monotonic > header->start.monotonic)
        return header->start.ticks +
               saturating_from((double)(ended_monotonic - header->start.monotonic) /
                               file->nanoseconds_per_tick);
    return latest_moment(file);
}

static uint64_t to_nanoseconds(const struct recording_file *file, uint64_t from, uint64_t to)
{
    return saturating_from((double)elapsed(from, to) * file->nanoseconds_per_tick);
}

/* Appends a string to room that was allocated for it. */
static uint32_t append_bytes(struct pyperf_profile *profile, const char *text, size_t length)
{
    uint32_t offset = (uint32_t)profile->strings_size;
    memcpy(profile->strings + offset, text, length);
    profile->strings[offset + length] = '\0';
    profile->strings_size += length + 1;
    return offset;
}

static uint32_t append_string(struct pyperf_profile *profile, const char *text)
{
    return append_bytes(profile, text, strlen(text));
}

static uint32_t append_name(struct pyperf_profile *profile,
                            const char name[RECORDING_THREAD_NAME_SIZE])
{
    return append_bytes(profile, name, strnlen(name, RECORDING_THREAD_NAME_SIZE - 1));
}

/* The first frame is the thread's root, and no call. */
static uint32_t open_frames(const struct recording_thread *thread)
{
    return thread->depth > 1 ? thread->depth - 1 : 0;
}

/* False: no memory. */
static bool convert_open_calls(const struct recording_file *file,
                               struct pyperf_profile *profile)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < profile->thread_count; i++)
        count += open_frames(&file->threads[i]);
    if (count > file->header.counts[RECORDING_STACKS]) /* they overlap: somebody made that up */
        return true;
    profile->open_calls = calloc((size_t)count + 1, sizeof *profile->open_calls);
    if (!profile->open_calls)
        return false;
    for (uint32_t i = 0; i < profile->thread_count; i++) {
        const struct recording_thread *thread = &file->threads[i];
        /* Where nothing is open, where the stack lies has not been checked. */
        const struct recording_frame *frames = &file->frames[thread->depth ? thread->stack : 0];
        profile->threads[i].first_open = profile->open_call_count;
        profile->threads[i].open_calls = open_frames(thread);
        for (uint32_t depth = 1; depth < thread->depth; depth++)
            profile->open_calls[profile->open_call_count++] =
                frames[depth].site & RECORDING_SITE_LOST ? PYPERF_NO_INDEX : frames[depth].node;
    }
    return true;
}

static void convert_threads(const struct recording_file *file, uint64_t ended,
                            struct pyperf_profile *profile)
{
    for (uint32_t i = 0; i < profile->thread_count; i++) {
        const struct recording_thread *from = &file->threads[i];
        struct pyperf_thread *to = &profile->threads[i];
        to->os_id = from->os_id;
        to->name = append_name(profile, from->name);
        to->root = from->root;
        to->fold_root = from->fold_root;
        to->started = to_nanoseconds(file, file->header.run_started, from->started);
        to->ended =
            to_nanoseconds(file, file->header.run_started, from->ended ? from->ended : ended);
        to->open_frames = open_frames(from) + (from->ended ? 0 : from->parked);
        to->end_seen = from->ended != 0;
        to->usage_known = from->has_usage != 0;
        if (to->usage_known) {
            to->cpu = elapsed(from->cpu_started, from->cpu_ended);
            to->voluntary_switches = elapsed(from->voluntary_started, from->voluntary_ended);
            to->involuntary_switches =
                elapsed(from->involuntary_started, from->involuntary_ended);
        }
    }
}

static void convert_functions(const struct recording_file *file, struct pyperf_profile *profile)
{
    for (uint32_t i = 0; i < profile->function_count; i++) {
        const struct recording_function *from = &file->functions[i];
        struct pyperf_function *to = &profile->functions[i];
        *to = (struct pyperf_function){
            .file = from->file,
            .name = from->name,
            .qualified_name = from->qualified_name,
            .line = from->line,
            .kind = (enum pyperf_function_kind)from->kind,
            .decorated = from->decorated != 0,
            .folded_primitive_calls = from->folded_primitive_calls,
            .folded_primitive_ticks = from->folded_primitive_ticks,
            .longest = from->longest,
            .duration_scale = 1,
        };
        memcpy(to->durations, from->durations, sizeof to->durations);
    }
}

static void convert_nodes(const struct recording_file *file, struct pyperf_profile *profile)
{
    for (uint32_t i = 0; i < profile->node_count; i++) {
        const struct recording_node *from = &file->nodes[i];
        profile->nodes[i] = (struct pyperf_node){
            .parent = from->parent,
            .function = from->function,
            .calls = from->calls,
            .resumes = from->resumes,
            .inclusive = from->inclusive,
            .folded = from->folded,
            .unrecorded = from->unrecorded,
            .recording = from->recording,
        };
    }
}

static bool convert_strings(const struct recording_file *file,
                            const struct session_facts *facts, struct pyperf_profile *profile)
{
    const struct recording_header *header = &file->header;
    size_t size = header->counts[RECORDING_STRINGS];
    const char *clock = clock_kind_name((enum clock_kind)header->event_clock);
    free(profile->strings);
    profile->strings =
        malloc(size + strlen(facts->program) + strlen(facts->interpreter) +
               strlen(facts->host) + strlen(clock) + 2 * sizeof header->command_line +
               sizeof header->engine + sizeof header->python_version + 4 +
               (size_t)profile->thread_count * RECORDING_THREAD_NAME_SIZE);
    if (!profile->strings)
        return false;
    memcpy(profile->strings, file->strings, size);
    profile->strings_size = size;
    profile->run.program =
        append_string(profile, facts->is_child ? header->command_line : facts->program);
    profile->run.interpreter = append_string(profile, facts->interpreter);
    profile->run.python_version = append_string(profile, header->python_version);
    profile->run.engine = append_string(profile, header->engine);
    profile->run.command_line = append_string(profile, header->command_line);
    profile->run.host = append_string(profile, facts->host);
    profile->run.clock = append_string(profile, clock);
    return true;
}

/* No event costs a billion ticks; a damaged file may say so, or hold what is no number. */
static double plausible(double cost)
{
    return cost >= 0 && cost < 1e9 ? cost : 0;
}

_Static_assert((int)PYPERF_COST_COUNT == (int)RECORDING_COST_COUNT &&
                   (int)PYPERF_DURATION_BUCKETS == (int)RECORDING_DURATION_BUCKETS &&
                   (int)PYPERF_FUNCTION_FOLD_ROOT == (int)RECORDING_FUNCTION_FOLD_ROOT,
               "what is copied is the same");

/* How long another hook was in the engine's place, of all threads. Some still have it. */
static uint64_t displaced_time(const struct recording_file *file, uint64_t ended)
{
    uint64_t time = to_nanoseconds(file, 0, file->header.displaced_ticks);
    for (uint32_t i = 0; i < file->header.counts[RECORDING_THREADS]; i++) {
        const struct recording_thread *thread = &file->threads[i];
        if (thread->displaced_since)
            saturating_add(&time, to_nanoseconds(file, thread->displaced_since,
                                                 thread->ended ? thread->ended : ended));
    }
    return time;
}

static void convert_run(const struct recording_file *file, const struct session_facts *facts,
                        uint64_t ended, struct pyperf_run *run)
{
    const struct recording_header *header = &file->header;
    run->pid = (uint64_t)header->pid;
    run->started_at = facts->started_at;
    run->wall = to_nanoseconds(file, header->run_started, ended);
    run->cpu_time = header->event_clock == CLOCK_KIND_CPU;
    run->nanoseconds_per_tick = run->cpu_time ? 1 : file->nanoseconds_per_tick;
    run->beyond_depth = header->beyond_depth;
    for (int kind = 0; kind < PYPERF_COST_COUNT; kind++) {
        run->costs[kind].inside = plausible(header->costs[kind].inside);
        run->costs[kind].outside = plausible(header->costs[kind].outside);
    }
    run->children = header->children;
    run->follows_children = header->follows != 0;
    run->max_nodes = header->max_nodes;
    run->lost_calls = header->lost_calls;
    run->resynchronised = header->resynchronised;
    run->unmatched = header->unmatched;
    run->displaced = header->displaced;
    run->displaced_time = displaced_time(file, ended);
    run->displaced_where = header->displaced_where;
    run->recording_error = header->error;
    run->running = file->running;
    run->started = header->run_started != 0;
}

static bool is_root(const struct pyperf_profile *profile, uint32_t node)
{
    return profile->nodes[node].parent == PYPERF_NO_INDEX;
}

static void describe_process(const struct recording_file *file, struct pyperf_profile *profile)
{
    struct pyperf_process *process = &profile->processes[0];
    profile->process_count = 1;
    *process = (struct pyperf_process){
        .pid = profile->run.pid,
        .parent_pid = (uint64_t)file->header.parent_pid,
        .command = profile->run.program,
        .python_version = profile->run.python_version,
        .thread_count = profile->thread_count,
        .wall = profile->run.wall,
        .running = file->running,
    };
    for (uint32_t i = 0; i < profile->node_count; i++)
        if (!is_root(profile, i))
            process->calls += profile->nodes[i].calls + profile->nodes[i].resumes;
}

static bool allocate_arrays(const struct recording_file *file, struct pyperf_profile *profile)
{
    profile->function_count = file->header.counts[RECORDING_FUNCTIONS];
    profile->node_count = file->header.counts[RECORDING_NODES];
    profile->thread_count = file->header.counts[RECORDING_THREADS];
    profile->functions = calloc(profile->function_count + 1u, sizeof *profile->functions);
    profile->nodes = calloc((size_t)profile->node_count + 1, sizeof *profile->nodes);
    profile->threads = calloc(profile->thread_count + 1u, sizeof *profile->threads);
    profile->processes = calloc(1, sizeof *profile->processes);
    return profile->functions && profile->nodes && profile->threads && profile->processes;
}

static enum pyperf_status convert(struct recording_file *file,
                                  const struct session_facts *facts, uint64_t ended_monotonic,
                                  struct pyperf_profile **result, struct pyperf_error *error)
{
    struct pyperf_profile *profile = pyperf_profile_create();
    struct reader_calls calls;
    uint64_t ended = end_of_run(file, ended_monotonic);
    if (!reader_take_out_lines(file, ended, &calls) || !profile ||
        !allocate_arrays(file, profile) || !convert_strings(file, facts, profile) ||
        !convert_open_calls(file, profile) || !close_all_frames(file, ended)) {
        reader_calls_release(&calls);
        pyperf_profile_free(profile);
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the recording");
    }
    convert_functions(file, profile);
    convert_nodes(file, profile);
    convert_threads(file, ended, profile);
    convert_run(file, facts, ended, &profile->run);
    describe_process(file, profile);
    profile->run.replaced = ended_in_exec(file);
    profile->run.end_known = file->header.run_ended || profile->run.replaced || ended_monotonic;
    bool done = reader_convert_lines(file, ended, &calls, profile);
    reader_calls_release(&calls);
    if (!done) {
        pyperf_profile_free(profile);
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the recording");
    }
    *result = profile;
    return PYPERF_OK;
}

/* What there is where Python was ended before it came to run the program. */
static enum pyperf_status read_nothing(const struct session_facts *facts,
                                       struct pyperf_profile **profile,
                                       struct pyperf_error *error)
{
    *profile = pyperf_profile_create();
    if (!*profile)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "no memory for the recording");
    (*profile)->run.started_at = facts->started_at;
    return PYPERF_OK;
}

enum pyperf_status recording_read(const char *path, const struct session_facts *facts,
                                  uint64_t ended_monotonic, struct pyperf_profile **profile,
                                  struct pyperf_error *error)
{
    struct recording_file file;
    enum pyperf_status status = recording_file_read(&file, path, error);
    if (status != PYPERF_OK)
        return status;
    if (!file.begun)
        return read_nothing(facts, profile, error);
    status = recording_check(&file, error);
    if (status == PYPERF_OK)
        status = convert(&file, facts, ended_monotonic, profile, error);
    recording_file_release(&file);
    return status;
}
