/* A profile hook of the program's own in the engine's place: how often, where first, and for
 * how long, thread by thread. The report says so, because calls are missing from it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_DISPLACEMENT_H
#define PYPERF_PYTHON_DISPLACEMENT_H

/* The calling thread's hook is about to change, perhaps: the innermost frame is where. */
void displacement_note_place(void);

/* The calling thread has another hook from now on; nothing where that is known already. Needs
 * the GIL, as the other one does. */
void displacement_begin(void);

/* The engine's hook is back in the calling thread. */
void displacement_end(void);

#endif
