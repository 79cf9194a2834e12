# The page for browsers, made into a C file: sets viewer_page, a source of pyperf_core.
# SPDX-License-Identifier: MIT

# In the order in which they are put together: what a module imports comes before it.
set(viewer_scripts
  format.js
  decode.js
  lines.js
  model.js
  compare.js
  trees.js
  estimate.js
  search.js
  state.js
  colours.js
  layout.js
  flame.js
  sunburst.js
  chart.js
  table.js
  details.js
  source.js
  toolbar.js
  keyboard.js
  splitter.js
  main.js)

set(viewer_page ${CMAKE_CURRENT_BINARY_DIR}/viewer_page.c)
set(viewer_sources page.html style.css ${viewer_scripts})
list(TRANSFORM viewer_sources PREPEND ${CMAKE_CURRENT_LIST_DIR}/page/)
list(JOIN viewer_scripts "," viewer_script_names)
add_custom_command(OUTPUT ${viewer_page}
  COMMAND ${CMAKE_COMMAND}
    -DFOLDER=${CMAKE_CURRENT_LIST_DIR}/page -DSCRIPTS=${viewer_script_names}
    -DVERSION=${PROJECT_VERSION} -DOUTPUT=${viewer_page}
    -P ${CMAKE_CURRENT_LIST_DIR}/assemble.cmake
  DEPENDS ${viewer_sources} ${CMAKE_CURRENT_LIST_DIR}/assemble.cmake
  COMMENT "Putting the page for browsers together"
  VERBATIM)
