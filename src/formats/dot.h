/* The call graph as Graphviz draws it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_FORMATS_DOT_H
#define PYPERF_FORMATS_DOT_H

#include "formats/format.h"

extern const struct pyperf_format format_dot;

#endif
