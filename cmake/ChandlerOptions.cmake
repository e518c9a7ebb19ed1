# How every target of the project is compiled: warnings, sanitizers.
add_library(chandler_options INTERFACE)
target_compile_options(chandler_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
# GCC 12 sees overlapping copies in `"text" + std::string` where there are none (GCC bug 105651, mended in 13).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(chandler_options INTERFACE -Wno-restrict)
endif()
if(CHANDLER_WERROR)
  target_compile_options(chandler_options INTERFACE -Werror)
endif()
if(CHANDLER_SANITIZE)
  target_compile_options(chandler_options INTERFACE -fsanitize=${CHANDLER_SANITIZE} -fno-omit-frame-pointer
                                                   -fno-sanitize-recover=all)
  target_link_options(chandler_options INTERFACE -fsanitize=${CHANDLER_SANITIZE})
endif()
# chandler_precompile(target <header>...): what its files read first, read once. ccache looks at what headers say; Clang
# would refuse what it kept when they say the same, but are of another day.
function(chandler_precompile target)
  target_precompile_headers(${target} PRIVATE ${ARGN})
  target_compile_options(${target} PRIVATE "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endfunction()
find_program(CHANDLER_CCACHE ccache)
if(CHANDLER_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # What ccache wants to be told before it keeps objects that were compiled with a precompiled header, and before it knows
  # them again in another checkout.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros
    "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" "${CHANDLER_CCACHE}")
endif()
