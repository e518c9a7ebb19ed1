#include "plugin/library.h"

#include <dlfcn.h>

#include <array>
#include <fstream>
#include <string>
#include <utility>

namespace chandler::plugin {
namespace {

constexpr const char* kEntry = "chandler_plugin";

Error refuse(const std::filesystem::path& file, const std::string& what, const std::string& hint) {
  return Error{ErrorKind::data, what, file.string(), hint};
}

Error other_abi(const std::filesystem::path& file, const std::string& what) {
  return refuse(file, what + ", this Chandler speaks " + std::to_string(CHANDLER_PLUGIN_ABI),
                "build it again with this version's chandler/provider_plugin.h");
}

bool is_elf(const std::filesystem::path& file) {
  std::array<char, 4> magic{};
  std::ifstream in(file, std::ios::binary);
  return in.read(magic.data(), magic.size()) && magic == std::array<char, 4>{'\x7f', 'E', 'L', 'F'};
}

}  // namespace

Library::~Library() {
  if (handle_ != nullptr) (void)::dlclose(handle_);
}

Library::Library(Library&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), api_(other.api_) {}

Result<Library> Library::open(const std::filesystem::path& file) {
  if (!is_elf(file))
    return refuse(file, "is not a shared object",
                  "a plugin that is no shared object must not be named .so");
  const std::string path = std::filesystem::absolute(file).string();
  void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* const why = ::dlerror();
    return refuse(file, "cannot be loaded: " + printable(why == nullptr ? "" : why, 300),
                  "build it on this machine, with the libraries it needs");
  }
  Library library(handle);
  void* const entry = ::dlsym(handle, kEntry);
  if (entry == nullptr)
    return refuse(file, std::string("is no plugin: it does not export ") + kEntry + "()",
                  "define it with CHANDLER_PLUGIN_EXPORT from chandler/provider_plugin.h");
  const auto get = reinterpret_cast<decltype(&chandler_plugin)>(entry);
  const chandler_plugin_api* const api = get(CHANDLER_PLUGIN_ABI);
  if (api == nullptr) return other_abi(file, "speaks another plugin ABI");
  if (api->abi != CHANDLER_PLUGIN_ABI)
    return other_abi(file, "speaks plugin ABI " + std::to_string(api->abi));
  if (api->struct_size < sizeof(chandler_plugin_api) || api->describe == nullptr ||
      api->create == nullptr || api->destroy == nullptr || api->open == nullptr ||
      api->next_page == nullptr || api->close == nullptr)
    return refuse(file, "leaves functions out of its table",
                  "fill in struct_size and all functions of chandler_plugin_api");
  library.api_ = api;
  return library;
}

}  // namespace chandler::plugin
