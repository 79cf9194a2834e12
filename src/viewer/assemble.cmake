# Puts the page for browsers together and writes it as arrays of bytes in a C file.
#
# usage: cmake -DFOLDER=DIR -DSCRIPTS=A.js,B.js -DVERSION=X -DOUTPUT=FILE -P assemble.cmake
#
# The modules become one script: their imports are left out, as all of them then share one scope,
# and what they export is declared there. The hashes of the script and of the style go into the
# page's Content-Security-Policy; nothing else can run in it.
#
# SPDX-License-Identifier: MIT
cmake_minimum_required(VERSION 3.20)

# What a Content-Security-Policy wants of a text: its SHA-256 in base64.
function(policy_hash text result)
  set(digits "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  string(SHA256 hex "${text}")
  string(APPEND hex "00") # 33 bytes: a multiple of three; the last digit becomes padding
  set(base64 "")
  foreach(start RANGE 0 60 6)
    string(SUBSTRING ${hex} ${start} 6 group)
    foreach(shift IN ITEMS 18 12 6 0)
      math(EXPR digit "(0x${group} >> ${shift}) & 63")
      string(SUBSTRING ${digits} ${digit} 1 digit)
      string(APPEND base64 ${digit})
    endforeach()
  endforeach()
  string(SUBSTRING ${base64} 0 43 base64)
  set(${result} "sha256-${base64}=" PARENT_SCOPE)
endfunction()

function(c_array name text result)
  string(HEX "${text}" hex)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
  set(${result} "const unsigned char ${name}[] = {\n${hex}\n};
const size_t ${name}_size = sizeof ${name};\n" PARENT_SCOPE)
endfunction()

string(REPLACE "," ";" scripts "${SCRIPTS}")
set(script "\n")
foreach(name IN LISTS scripts)
  file(READ ${FOLDER}/${name} module)
  string(REGEX REPLACE "(^|\n)import [^;]*;" "" module "${module}")
  string(REGEX REPLACE "(^|\n)export " "\\1" module "${module}")
  string(APPEND script "${module}")
endforeach()
file(READ ${FOLDER}/style.css style)
file(READ ${FOLDER}/page.html page)
foreach(part IN ITEMS script style)
  string(FIND "${${part}}" "</${part}" found)
  if(NOT found EQUAL -1)
    message(FATAL_ERROR "the page's ${part} ends itself: it has </${part} in it")
  endif()
  policy_hash("${${part}}" ${part}_hash)
endforeach()

string(REPLACE "@VERSION@" "${VERSION}" page "${page}")
string(REPLACE "@SCRIPT_HASH@" "${script_hash}" page "${page}")
string(REPLACE "@STYLE_HASH@" "${style_hash}" page "${page}")
string(REPLACE "@STYLE@" "${style}" page "${page}")
string(REPLACE "@SCRIPT@" "${script}" page "${page}")
string(FIND "${page}" "@DATA@" gap)
if(gap EQUAL -1)
  message(FATAL_ERROR "page.html has no @DATA@")
endif()
string(SUBSTRING "${page}" 0 ${gap} head)
math(EXPR after "${gap} + 6")
string(SUBSTRING "${page}" ${after} -1 tail)
c_array(viewer_page_head "${head}" head)
c_array(viewer_page_tail "${tail}" tail)
file(WRITE ${OUTPUT} "#include \"formats/viewer_page.h\"\n\n${head}${tail}")
