/* Between the writer's files: adding nodes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_WRITER_NODES_H
#define PYPERF_RECORDING_WRITER_NODES_H

#include <stdint.h>

struct recording_writer;

/* A new node; RECORDING_NONE: no room. Looking it up by context is not arranged for. */
uint32_t writer_add_node(struct recording_writer *writer, uint32_t parent, uint32_t function);

/* The node of that context, made if need be, also beyond the limit of nodes; RECORDING_NONE: no
 * room. */
uint32_t writer_find_node(struct recording_writer *writer, uint32_t parent, uint32_t function);

#endif
