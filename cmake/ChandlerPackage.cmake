# Install rules and packages: headers, both libraries, the program, docs, and how others find them.
include(CMakePackageConfigHelpers)

set(CHANDLER_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/chandler")

# --- libraries and headers
install(DIRECTORY "${PROJECT_SOURCE_DIR}/engine/include/chandler" "${PROJECT_SOURCE_DIR}/providers/include/chandler"
                  "${PROJECT_SOURCE_DIR}/pipelines/include/chandler"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h")
# Two export sets: who links the shared library needs none of what the static one is linked with.
install(TARGETS chandler EXPORT chandlerSharedTargets
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(TARGETS chandler_static EXPORT chandlerStaticTargets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
foreach(kind Shared Static)
  install(EXPORT chandler${kind}Targets NAMESPACE chandler:: DESTINATION "${CHANDLER_CMAKE_DIR}")
endforeach()

# --- find_package(chandler)
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/chandlerConfig.cmake.in" "${CMAKE_CURRENT_BINARY_DIR}/chandlerConfig.cmake"
  INSTALL_DESTINATION "${CHANDLER_CMAKE_DIR}" NO_SET_AND_CHECK_MACRO)
# Before 1.0 a new minor version may break its callers.
write_basic_package_version_file(
  "${CMAKE_CURRENT_BINARY_DIR}/chandlerConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/chandlerConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/chandlerConfigVersion.cmake"
        DESTINATION "${CHANDLER_CMAKE_DIR}")

# --- pkg-config
# The prefix is found from where the .pc file lies, so that a tree that was moved still works.
file(RELATIVE_PATH CHANDLER_PC_PREFIX
     "${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" CHANDLER_PC_PREFIX "${CHANDLER_PC_PREFIX}")
foreach(name chandler chandler-static)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in" "${CMAKE_CURRENT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${name}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endforeach()

# --- the program, its man page and its completions
if(TARGET chandler_cli)
  install(TARGETS chandler_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
if(TARGET chandler_generated)
  set(generated "${CMAKE_BINARY_DIR}/generated")
  set(share "${CMAKE_INSTALL_DATADIR}")
  install(FILES "${generated}/chandler.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
  install(FILES "${generated}/chandler.bash" DESTINATION "${share}/bash-completion/completions" RENAME chandler)
  install(FILES "${generated}/_chandler" DESTINATION "${share}/zsh/vendor-completions")
  install(FILES "${generated}/chandler.fish" DESTINATION "${share}/fish/vendor_completions.d")
endif()

# --- job files: what they may say, and some to begin with
install(FILES "${PROJECT_SOURCE_DIR}/pipelines/job.schema.json" DESTINATION "${CMAKE_INSTALL_DATADIR}/chandler")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/pipelines/jobs" DESTINATION "${CMAKE_INSTALL_DATADIR}/chandler"
        FILES_MATCHING PATTERN "*.json" PATTERN "*.txt")

# --- docs
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES "${PROJECT_SOURCE_DIR}/README.md" "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
        DESTINATION "${CMAKE_INSTALL_DOCDIR}" OPTIONAL)
install(FILES "${PROJECT_SOURCE_DIR}/data-cache/README.md"
        DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME cache-format.md OPTIONAL)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs/" DESTINATION "${CMAKE_INSTALL_DOCDIR}"
        FILES_MATCHING PATTERN "*.md")

# --- cpack -G DEB
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME chandler)
set(CPACK_PACKAGE_VENDOR "The Chandler developers")
set(CPACK_PACKAGE_CONTACT "The Chandler developers <chandler@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION "Chandler keeps bars of market data as one gzipped CSV file a year, which any program
can open, checks every bar before it gets in, and rolls fine bars up to coarse ones.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
# No library's dependency brings these along: the calendars read the time zone database, and libcurl and libzip are
# loaded when they are needed.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "tzdata, libcurl4, libzip4")
include(CPack)
