#include "import/zip_library.h"

#include <stdexcept>

#include "late_library.h"

namespace chandler::foreign {
namespace {

Result<ZipLibrary> load() {
  LateLibrary late("libzip.so.4", "libzip4");
  ZipLibrary library{};
  late.find(library.discard, "zip_discard");
  late.find(library.error_fini, "zip_error_fini");
  late.find(library.error_init_with_code, "zip_error_init_with_code");
  late.find(library.error_strerror, "zip_error_strerror");
  late.find(library.fclose, "zip_fclose");
  late.find(library.fdopen, "zip_fdopen");
  late.find(library.file_get_error, "zip_file_get_error");
  late.find(library.fopen_index, "zip_fopen_index");
  late.find(library.fread, "zip_fread");
  late.find(library.get_error, "zip_get_error");
  late.find(library.get_name, "zip_get_name");
  late.find(library.get_num_entries, "zip_get_num_entries");
  late.find(library.stat_index, "zip_stat_index");
  late.find(library.stat_init, "zip_stat_init");
  CHANDLER_CHECK(late.state());
  return library;
}

}  // namespace

Result<const ZipLibrary*> load_libzip() {
  static const Result<ZipLibrary> library = load();
  if (!library) return library.error();
  return &*library;
}

const ZipLibrary& libzip() {
  const auto library = load_libzip();
  if (!library) throw std::runtime_error(library.error().line());
  return **library;
}

}  // namespace chandler::foreign
