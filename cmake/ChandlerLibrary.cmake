# The libraries: engine, providers and pipelines, as a static and as a shared one.
set(CHANDLER_INCLUDE_DIRS "${PROJECT_SOURCE_DIR}/engine/include" "${PROJECT_SOURCE_DIR}/providers/include"
  "${PROJECT_SOURCE_DIR}/pipelines/include")
set(rooms $<TARGET_OBJECTS:chandler_engine> $<TARGET_OBJECTS:chandler_providers> $<TARGET_OBJECTS:chandler_pipelines>)
add_library(chandler_static STATIC ${rooms})
add_library(chandler SHARED ${rooms})
foreach(library chandler_static chandler)
  target_include_directories(${library} PUBLIC
    "$<BUILD_INTERFACE:${CHANDLER_INCLUDE_DIRS}>" $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${library} PUBLIC cxx_std_20)
  target_link_libraries(${library} PRIVATE $<BUILD_INTERFACE:chandler_options> ${CHANDLER_LIBRARIES})
endforeach()
set_target_properties(chandler_static PROPERTIES OUTPUT_NAME chandler EXPORT_NAME chandler_static)
# Before 1.0 a new minor version may change the binary interface.
set_target_properties(chandler PROPERTIES
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
# What this project's own programs link.
set(linked chandler_static)
if(CHANDLER_COVERAGE)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "CHANDLER_COVERAGE needs Clang: configure with -DCMAKE_CXX_COMPILER=clang++")
  endif()
  # All programs add their counts to the same few files (%4m: four for each library that counts), which a new build begins anew.
  # Tests spend their time in here: optimised a little.
  set(counts "${PROJECT_BINARY_DIR}/profiles")
  foreach(room engine providers pipelines)
    target_compile_options(chandler_${room} PRIVATE -O1 -fcoverage-mapping "-fprofile-instr-generate=${counts}/%4m.profraw")
  endforeach()
  target_link_options(chandler PRIVATE -fprofile-instr-generate)
  add_custom_command(TARGET chandler POST_BUILD COMMAND "${CMAKE_COMMAND}" -E rm -rf "${counts}")
endif()
# Programs that count add to the same counts; twenty fuzz targets are linked in a tenth of the time.
if(CHANDLER_COVERAGE OR CHANDLER_BUILD_FUZZERS)
  set(linked chandler)
endif()
foreach(room engine providers pipelines)
  add_library(chandler::${room} ALIAS ${linked})
endforeach()
