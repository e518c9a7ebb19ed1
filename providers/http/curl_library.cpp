#include "http/curl_library.h"

#include <stdexcept>

#include "late_library.h"

namespace chandler::http {
namespace {

Result<CurlLibrary> load() {
  LateLibrary late("libcurl.so.4", "libcurl4");
  CurlLibrary library{};
  late.find(library.easy_cleanup, "curl_easy_cleanup");
  late.find(library.easy_getinfo, "curl_easy_getinfo");
  late.find(library.easy_init, "curl_easy_init");
  late.find(library.easy_reset, "curl_easy_reset");
  late.find(library.easy_setopt, "curl_easy_setopt");
  late.find(library.easy_strerror, "curl_easy_strerror");
  late.find(library.free, "curl_free");
  late.find(library.getdate, "curl_getdate");
  late.find(library.global_init, "curl_global_init");
  late.find(library.multi_add_handle, "curl_multi_add_handle");
  late.find(library.multi_cleanup, "curl_multi_cleanup");
  late.find(library.multi_info_read, "curl_multi_info_read");
  late.find(library.multi_init, "curl_multi_init");
  late.find(library.multi_perform, "curl_multi_perform");
  late.find(library.multi_poll, "curl_multi_poll");
  late.find(library.multi_remove_handle, "curl_multi_remove_handle");
  late.find(library.multi_wakeup, "curl_multi_wakeup");
  late.find(library.slist_append, "curl_slist_append");
  late.find(library.slist_free_all, "curl_slist_free_all");
  late.find(library.url, "curl_url");
  late.find(library.url_cleanup, "curl_url_cleanup");
  late.find(library.url_get, "curl_url_get");
  late.find(library.url_set, "curl_url_set");
  CHANDLER_CHECK(late.state());
  if (library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return late.unusable("it does not start");
  return library;
}

}  // namespace

Result<const CurlLibrary*> load_curl() {
  static const Result<CurlLibrary> library = load();
  if (!library) return library.error();
  return &*library;
}

const CurlLibrary& curl() {
  const auto library = load_curl();
  if (!library) throw std::runtime_error(library.error().line());
  return **library;
}

}  // namespace chandler::http
