# Finding CPython installations, and building hosts for them: an embedded one for each
# installation, an agent for each minor version.

set(PYPERF_RECORDER_SOURCES
  c_stack.c
  calibration.c
  calibration_lines.c
  calibration_subjects.c
  code_lines.c
  decorator.c
  displacement.c
  engines/engine.c
  engines/frames.c
  engines/lines_monitoring.c
  engines/lines_trace.c
  engines/monitoring.c
  engines/setprofile.c
  engines/tools.c
  foreign_threads.c
  functions.c
  greenlets.c
  heat.c
  hosts/events.c
  hosts/host.c
  labels.c
  lines.c
  processes.c
  profile_function.c
  recorder.c
  sources.c
  thread_names.c)

# Candidates: what PYPERF_PYTHONS names, or else every python3 and python3.X on PATH, in the
# usual places, and under pyenv.
function(pyperf_python_candidates result)
  if(PYPERF_PYTHONS)
    set(${result} ${PYPERF_PYTHONS} PARENT_SCOPE)
    return()
  endif()
  set(found "")
  string(REPLACE ":" ";" folders "$ENV{PATH}:/usr/bin:/usr/local/bin")
  foreach(folder IN LISTS folders)
    file(GLOB pythons "${folder}/python3" "${folder}/python3.[0-9]" "${folder}/python3.[0-9][0-9]")
    list(APPEND found ${pythons})
  endforeach()
  file(GLOB pythons "$ENV{HOME}/.pyenv/versions/*/bin/python3")
  list(APPEND found ${pythons})
  set(${result} ${found} PARENT_SCOPE)
endfunction()

# The facts of an interpreter as PYTHON_… variables in the caller's scope; PYTHON_VERSION is
# empty where there is nothing to build against.
macro(pyperf_python_facts interpreter)
  set(PYTHON_VERSION "")
  execute_process(
    COMMAND ${interpreter} -I ${PROJECT_SOURCE_DIR}/cmake/python_facts.py
    OUTPUT_VARIABLE facts RESULT_VARIABLE status ERROR_QUIET)
  if(status EQUAL 0)
    cmake_language(EVAL CODE "${facts}")
  endif()
endmacro()

# One interpreter per installation (base prefix and full version).
function(pyperf_find_pythons result)
  pyperf_python_candidates(candidates)
  set(chosen "")
  set(installations "")
  foreach(candidate IN LISTS candidates)
    pyperf_python_facts(${candidate})
    set(installation "${PYTHON_BASE_PREFIX} ${PYTHON_VERSION}")
    if(PYTHON_VERSION AND NOT installation IN_LIST installations)
      list(APPEND installations "${installation}")
      list(APPEND chosen ${PYTHON_INTERPRETER})
    elseif(PYPERF_PYTHONS AND NOT PYTHON_VERSION)
      message(WARNING "${candidate}: no CPython 3.8 or later with headers")
    endif()
  endforeach()
  set(${result} ${chosen} PARENT_SCOPE)
endfunction()

# The static archive makes the faster host, where it links and runs; a Debian archive may lack
# objects, and a pyenv without one is common.
function(pyperf_try_archive result)
  set(${result} FALSE PARENT_SCOPE)
  if(NOT PYTHON_ARCHIVE)
    return()
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/try/${PYTHON_VERSION})
  file(WRITE ${folder}/main.c
    "#include <Python.h>\nint main(int c, char **v) { return Py_BytesMain(c, v); }\n")
  string(REPLACE ";" ";-I" includes "-I${PYTHON_INCLUDES}")
  execute_process(
    COMMAND ${CMAKE_C_COMPILER} ${includes} ${folder}/main.c -o ${folder}/main -no-pie
      -Wl,-export-dynamic -Wl,--whole-archive ${PYTHON_ARCHIVE} -Wl,--no-whole-archive
      ${PYTHON_LIBRARIES} -lpthread -ldl -lutil -lm
    RESULT_VARIABLE linked OUTPUT_QUIET ERROR_QUIET)
  if(NOT linked EQUAL 0)
    return()
  endif()
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env PYTHONHOME=${PYTHON_BASE_PREFIX}
      ${folder}/main -c "import sys, math, ctypes; assert sys.version_info >= (3, 8)"
    RESULT_VARIABLE ran OUTPUT_QUIET ERROR_QUIET)
  if(ran EQUAL 0)
    set(${result} TRUE PARENT_SCOPE)
  endif()
endfunction()

# pyperf-python3.X for the first installation of a minor version; further ones carry a hash of
# their base prefix and version.
function(pyperf_host_name result)
  set(name pyperf-python${PYTHON_SHORT})
  if(TARGET ${name})
    string(SHA256 hash "${PYTHON_BASE_PREFIX} ${PYTHON_VERSION}")
    string(SUBSTRING ${hash} 0 8 hash)
    string(APPEND name -${hash})
  endif()
  set(${result} ${name} PARENT_SCOPE)
endfunction()

# What all hosts have in common: in the caller's scope, `target` for the interpreter whose facts
# are known.
macro(pyperf_host_settings target)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_include_directories(${target} SYSTEM PRIVATE ${PYTHON_INCLUDES})
  target_link_libraries(${target} PRIVATE pyperf_recorder pyperf_warnings)
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/libexec/pyperf
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/libexec/pyperf)
  install(TARGETS ${target}
    RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/pyperf
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/pyperf)
endmacro()

function(pyperf_add_embedded_host)
  pyperf_host_name(name)
  pyperf_try_archive(static)
  if(NOT static AND NOT PYTHON_SHARED)
    return()
  endif()
  add_executable(${name} hosts/children.c hosts/embedded.c ${PYPERF_RECORDER_SOURCES})
  pyperf_host_settings(${name})
  if(static)
    set(linkage static)
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${name} PRIVATE -fno-pie)
    target_link_options(${name} PRIVATE -no-pie -Wl,-export-dynamic)
    target_link_libraries(${name} PRIVATE
      -Wl,--whole-archive ${PYTHON_ARCHIVE} -Wl,--no-whole-archive
      ${PYTHON_LIBRARIES} pthread dl util m)
  else()
    set(linkage shared)
    get_filename_component(folder ${PYTHON_SHARED} DIRECTORY)
    set_target_properties(${name} PROPERTIES
      BUILD_RPATH ${folder} INSTALL_RPATH ${folder})
    target_link_libraries(${name} PRIVATE ${PYTHON_SHARED} pthread dl m)
  endif()
  target_compile_definitions(${name} PRIVATE
    PYPERF_HOST_VERSION="${PYTHON_VERSION}"
    PYPERF_HOST_BASE_PREFIX="${PYTHON_BASE_PREFIX}"
    PYPERF_HOST_INTERPRETER="${PYTHON_INTERPRETER}"
    PYPERF_HOST_LINKAGE="${linkage}")
  message(STATUS "Embedded host for ${PYTHON_INTERPRETER} (${PYTHON_VERSION}, ${linkage})")
endfunction()

# Once for each minor version, with the headers of the first installation that is found: within
# a minor version the interfaces that are used do not change.
function(pyperf_add_agent)
  set(name pyperf-agent-${PYTHON_SHORT})
  if(TARGET ${name})
    return()
  endif()
  add_library(${name} MODULE hosts/agent.c ${PYPERF_RECORDER_SOURCES})
  pyperf_host_settings(${name})
  target_compile_definitions(${name} PRIVATE PYPERF_AGENT_VERSION="${PYTHON_SHORT}")
  # Calls into the interpreter go straight, not by way of a table of the linker's.
  target_compile_options(${name} PRIVATE -fno-plt)
  target_link_options(${name} PRIVATE -Wl,-z,now)
  set_target_properties(${name} PROPERTIES PREFIX "")
  message(STATUS "Agent for Python ${PYTHON_SHORT} (headers of ${PYTHON_VERSION})")
endfunction()

function(pyperf_add_hosts interpreter)
  pyperf_python_facts(${interpreter})
  pyperf_add_embedded_host()
  if(PYPERF_AGENTS)
    pyperf_add_agent()
  endif()
endfunction()
