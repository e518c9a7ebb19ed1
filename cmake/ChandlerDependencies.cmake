# Everything here is a Debian package (scripts/packages.txt).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(TBB REQUIRED)
find_package(date REQUIRED)
find_package(CURL REQUIRED)  # its headers, and those of libzip: engine/late_library.h loads the two when they are needed
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
pkg_check_modules(LIBDEFLATE REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(SIMDJSON REQUIRED IMPORTED_TARGET simdjson)

# What an installed static library still has to be linked with. Names here must be found again by
# cmake/chandlerConfig.cmake.in and cmake/chandler-static.pc.in.
set(CHANDLER_LINKED_LIBRARIES
  ZLIB::ZLIB TBB::tbb date::date-tz PkgConfig::LIBDEFLATE PkgConfig::ISAL
  PkgConfig::NETTLE PkgConfig::SIMDJSON Threads::Threads)
# Headers only, and none of them shows in a header of ours: nobody needs them to use the library.
set(CHANDLER_LIBRARIES ${CHANDLER_LINKED_LIBRARIES} $<BUILD_INTERFACE:date::date>
    $<BUILD_INTERFACE:fmt::fmt-header-only> $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)

if(CHANDLER_BUILD_APPS)
  pkg_check_modules(CLI11 REQUIRED IMPORTED_TARGET CLI11)
endif()
if(CHANDLER_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
