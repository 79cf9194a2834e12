# What every target of the project is compiled with.
add_library(pyperf_warnings INTERFACE)
target_compile_options(pyperf_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -fvisibility=hidden)
target_compile_definitions(pyperf_warnings INTERFACE _GNU_SOURCE)
