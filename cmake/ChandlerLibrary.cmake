# The libraries: engine, providers and pipelines, as a static and as a shared one.
set(CHANDLER_INCLUDE_DIRS "${PROJECT_SOURCE_DIR}/engine/include" "${PROJECT_SOURCE_DIR}/providers/include"
  "${PROJECT_SOURCE_DIR}/pipelines/include")
if(CHANDLER_COVERAGE)
  # Tests spend their time in here. Enough is optimised that counting does not double it, and no line is lost.
  foreach(room engine providers pipelines)
    target_compile_options(chandler_${room} PRIVATE -O1)
  endforeach()
endif()
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
add_library(chandler::engine ALIAS chandler_static)
add_library(chandler::providers ALIAS chandler_static)
add_library(chandler::pipelines ALIAS chandler_static)
