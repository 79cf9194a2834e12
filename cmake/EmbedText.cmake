# A text file as an array of characters in the program.
#
#     embed_text(VARIABLE file.js symbol)
#
# makes a C source that defines `const char symbol[]`, with a NUL at its end, and puts the
# source's path into VARIABLE. As a script it makes that source:
#
#     cmake -D INPUT=file.js -D OUTPUT=file.c -D SYMBOL=symbol -P EmbedText.cmake
set(embed_text_script ${CMAKE_CURRENT_LIST_FILE})

function(embed_text variable input symbol)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D INPUT=${CMAKE_CURRENT_SOURCE_DIR}/${input} -D OUTPUT=${output}
      -D SYMBOL=${symbol} -P ${embed_text_script}
    DEPENDS ${input} ${embed_text_script}
    COMMENT "Embedding ${input}"
    VERBATIM)
  set(${variable} ${output} PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(READ ${INPUT} bytes HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  file(WRITE ${OUTPUT}
    "extern const char ${SYMBOL}[];\nconst char ${SYMBOL}[] = {\n${bytes}0};\n")
endif()
