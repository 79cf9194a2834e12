/* How deep the calling thread's C stack is: for hooks that make C calls of Python calls.
 *
 * SPDX-License-Identifier: MIT */
#ifndef PYPERF_PYTHON_C_STACK_H
#define PYPERF_PYTHON_C_STACK_H

#include <stdbool.h>
#include <stdint.h>

/* Private to c_stack_is_deep. C frames below this address are too deep; not known at first. */
extern __thread uintptr_t c_stack_lowest __attribute__((tls_model("initial-exec")));
bool c_stack_find(uintptr_t address);

/* Is the calling function in the lower half of it? */
static inline bool c_stack_is_deep(void)
{
    uintptr_t address = (uintptr_t)__builtin_frame_address(0);
    return __builtin_expect(address < c_stack_lowest, 0) && c_stack_find(address);
}

#endif
