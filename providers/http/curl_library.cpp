#include "http/curl_library.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace chandler::http {
namespace {

constexpr const char* kName = "libcurl.so.4";

std::string loader_message() {
  const char* const text = ::dlerror();
  return text == nullptr ? "no reason given" : printable(text);
}

Error unusable(std::string why) {
  return {ErrorKind::io, "libcurl cannot be used: " + std::move(why), "",
          "install the package libcurl4"};
}

// Finds functions, and remembers the first that is not there.
class Finder {
 public:
  explicit Finder(void* library) : library_(library) {}

  template <class Function>
  void find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(::dlsym(library_, name));
    if (function == nullptr && missing_.empty()) missing_ = name;
  }
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  void* library_;
  std::string missing_;
};

Result<CurlLibrary> load() {
  // Never closed: a look-up nobody waits for any more may still be under way.
  void* const handle = ::dlopen(kName, RTLD_LAZY | RTLD_LOCAL);
  if (handle == nullptr) return unusable(loader_message());
  CurlLibrary library{};
  Finder finder(handle);
  finder.find(library.easy_cleanup, "curl_easy_cleanup");
  finder.find(library.easy_getinfo, "curl_easy_getinfo");
  finder.find(library.easy_init, "curl_easy_init");
  finder.find(library.easy_reset, "curl_easy_reset");
  finder.find(library.easy_setopt, "curl_easy_setopt");
  finder.find(library.easy_strerror, "curl_easy_strerror");
  finder.find(library.free, "curl_free");
  finder.find(library.getdate, "curl_getdate");
  finder.find(library.global_init, "curl_global_init");
  finder.find(library.multi_add_handle, "curl_multi_add_handle");
  finder.find(library.multi_cleanup, "curl_multi_cleanup");
  finder.find(library.multi_info_read, "curl_multi_info_read");
  finder.find(library.multi_init, "curl_multi_init");
  finder.find(library.multi_perform, "curl_multi_perform");
  finder.find(library.multi_poll, "curl_multi_poll");
  finder.find(library.multi_remove_handle, "curl_multi_remove_handle");
  finder.find(library.multi_wakeup, "curl_multi_wakeup");
  finder.find(library.slist_append, "curl_slist_append");
  finder.find(library.slist_free_all, "curl_slist_free_all");
  finder.find(library.url, "curl_url");
  finder.find(library.url_cleanup, "curl_url_cleanup");
  finder.find(library.url_get, "curl_url_get");
  finder.find(library.url_set, "curl_url_set");
  if (!finder.missing().empty())
    return unusable(std::string(kName) + " has no " + finder.missing());
  if (library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return unusable("it does not start");
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
