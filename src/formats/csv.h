/* A row for each function: for spreadsheets, databases, data frames.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_CSV_H
#define PYPERF_FORMATS_CSV_H

#include "formats/format.h"

extern const struct pyperf_format format_csv;

#endif
