// libzip, loaded when the first zip is opened: it brings libcrypto and two packers along.
#pragma once

#include <zip.h>

#include "late_library.h"

namespace chandler::foreign {

// What is used of it, under the names it has there less the "zip_".
struct ZipLibrary : LateLibrary {
  ZipLibrary() : LateLibrary("libzip.so.4", "libzip4") {}

  decltype(&::zip_discard) discard = find("zip_discard");
  decltype(&::zip_error_fini) error_fini = find("zip_error_fini");
  decltype(&::zip_error_init_with_code) error_init_with_code = find("zip_error_init_with_code");
  decltype(&::zip_error_strerror) error_strerror = find("zip_error_strerror");
  decltype(&::zip_fclose) fclose = find("zip_fclose");
  decltype(&::zip_fdopen) fdopen = find("zip_fdopen");
  decltype(&::zip_file_get_error) file_get_error = find("zip_file_get_error");
  decltype(&::zip_fopen_index) fopen_index = find("zip_fopen_index");
  decltype(&::zip_fread) fread = find("zip_fread");
  decltype(&::zip_get_error) get_error = find("zip_get_error");
  decltype(&::zip_get_name) get_name = find("zip_get_name");
  decltype(&::zip_get_num_entries) get_num_entries = find("zip_get_num_entries");
  decltype(&::zip_stat_index) stat_index = find("zip_stat_index");
  decltype(&::zip_stat_init) stat_init = find("zip_stat_init");
};

inline const ZipLibrary& libzip() { return loaded<ZipLibrary>(); }

}  // namespace chandler::foreign
