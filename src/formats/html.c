/* The page is made at build time (src/viewer) and the same for every profile, but for one gap.
 * What fills it is base64: nothing of a profile's text stands in the markup, so nothing in it
 * can be taken for markup.
 *
 * SPDX-License-Identifier: MIT */
#include "formats/html.h"

#include "formats/page_payload.h"
#include "formats/page_stream.h"
#include "formats/viewer_page.h"

static enum pyperf_status write_data(const struct pyperf_export *content,
                                     struct output_file *file, struct pyperf_error *error)
{
    struct page_stream *stream = page_stream_create(file);
    if (!stream)
        return pyperf_error_set(error, PYPERF_NO_MEMORY, "out of memory");
    enum pyperf_status status = page_payload_write(content, stream, error);
    page_stream_finish(stream);
    return status;
}

static enum pyperf_status write_html(const struct pyperf_export *content,
                                     struct output_file *file, struct pyperf_error *error)
{
    if (!content->summary)
        return pyperf_error_set(error, PYPERF_UNSUPPORTED,
                                "a page shows the times of functions, and there are none");
    const struct pyperf_export *before = content->page ? content->page->before : NULL;
    output_file_write(file, viewer_page_head, viewer_page_head_size);
    enum pyperf_status status = write_data(content, file, error);
    if (status == PYPERF_OK && before) {
        output_file_write(file, "\n", 1);
        status = write_data(before, file, error);
    }
    output_file_write(file, viewer_page_tail, viewer_page_tail_size);
    return status;
}

static const char *const suffixes[] = {".html", ".htm", NULL};

const struct pyperf_format format_html = {
    .name = "html",
    .suffixes = suffixes,
    .holds_lines = true,
    .wishes = PYPERF_WISH_LEAST_SHARE,
    .write = write_html,
};
