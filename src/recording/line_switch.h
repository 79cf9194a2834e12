/* Lines where a thread's stack is exchanged for another, as greenlets do: the part of
 * writer_switch.h that is about lines.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_LINE_SWITCH_H
#define PYPERF_RECORDING_LINE_SWITCH_H

#include <stdint.h>

struct line_thread;

/* Puts what is on the stack aside under the key `from`, and on it what was put aside under
 * `to`: the time in between is nobody's. */
void line_switch(struct line_thread *lines, uint64_t from, uint64_t to);

/* Frees what is still put aside. */
void line_switch_release(struct line_thread *lines);

#endif
