/* SPDX-License-Identifier: MIT */
#include "cli/export_file.h"

#include <string.h>

#include "cli/page_sources.h"

bool is_page_format(const struct pyperf_format *format)
{
    return strcmp(pyperf_format_name(format), "html") == 0;
}

enum pyperf_status export_file_write(const struct pyperf_format *format,
                                     const struct pyperf_export *content, const char *path,
                                     struct pyperf_error *error)
{
    struct page_sources sources = {0};
    if (is_page_format(format))
        page_sources_read(&sources, content->profile, content->summary);
    const struct pyperf_page_options page = {.sources = sources.items,
                                             .source_count = sources.count};
    struct pyperf_export complete = *content;
    complete.creator = "pyperf " PYPERF_VERSION;
    complete.page = &page;
    enum pyperf_status status = pyperf_format_write(format, &complete, path, error);
    page_sources_release(&sources);
    return status;
}
