// libzip, loaded when the first zip is opened: it brings libcrypto and two packers along.
#pragma once

#include <zip.h>

#include "chandler/result.h"

namespace chandler::foreign {

// What is used of it, under the names it has there less the "zip_".
struct ZipLibrary {
  decltype(&::zip_discard) discard;
  decltype(&::zip_error_fini) error_fini;
  decltype(&::zip_error_init_with_code) error_init_with_code;
  decltype(&::zip_error_strerror) error_strerror;
  decltype(&::zip_fclose) fclose;
  decltype(&::zip_fdopen) fdopen;
  decltype(&::zip_file_get_error) file_get_error;
  decltype(&::zip_fopen_index) fopen_index;
  decltype(&::zip_fread) fread;
  decltype(&::zip_get_error) get_error;
  decltype(&::zip_get_name) get_name;
  decltype(&::zip_get_num_entries) get_num_entries;
  decltype(&::zip_stat_index) stat_index;
  decltype(&::zip_stat_init) stat_init;
};

// Loads it unless it is there already. The error says what is missing.
[[nodiscard]] Result<const ZipLibrary*> load_libzip();
// The same where it has been loaded before. Throws where it cannot be.
[[nodiscard]] const ZipLibrary& libzip();

}  // namespace chandler::foreign
