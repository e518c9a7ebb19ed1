// A shared object that is loaded as long as this lives, and the plugin's table in it.
#pragma once

#include <filesystem>

#include "chandler/provider_plugin.h"
#include "chandler/result.h"

namespace chandler::plugin {

class Library {
 public:
  // The error names the file and the remedy: not a shared object, not loadable, no plugin in it,
  // another ABI.
  static Result<Library> open(const std::filesystem::path& file);
  ~Library();
  Library(Library&& other) noexcept;
  Library& operator=(Library&&) = delete;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  // All of its functions are there.
  [[nodiscard]] const chandler_plugin_api& api() const { return *api_; }

 private:
  explicit Library(void* handle) : handle_(handle) {}
  void* handle_;
  const chandler_plugin_api* api_ = nullptr;
};

}  // namespace chandler::plugin
