/* Threads that run more than one stack, one at a time: greenlets.
 *
 * What lies above a thread's root is put aside and taken up again by the address that names a
 * stack. While a stack is put aside its calls take no time: they go on where they stopped, as
 * a generator does. What they took so far is booked meanwhile, so that nothing is lost where
 * the process is killed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_RECORDING_WRITER_SWITCH_H
#define PYPERF_RECORDING_WRITER_SWITCH_H

#include <stdint.h>

struct writer_thread;

/* The calling thread has switched from the stack `from` to the stack `to`, neither of them 0. A
 * stack that nothing is known of begins empty. Costs time in proportion to the depths of both;
 * that is booked as the recorder's. */
void writer_switch(struct writer_thread *thread, uint64_t from, uint64_t to);

/* Forgets the stacks that are put aside. */
void writer_switch_release(struct writer_thread *thread);

#endif
