#include "late_library.h"

#include <dlfcn.h>

namespace chandler {

LateLibrary::LateLibrary(const char* file, const char* package)
    : file_(file), package_(package), handle_(::dlopen(file, RTLD_LAZY | RTLD_LOCAL)) {
  if (handle_ != nullptr) return;
  const char* const text = ::dlerror();
  problem_ = text == nullptr ? "no reason given" : printable(text);
}

void* LateLibrary::address_of(const char* name) {
  if (handle_ == nullptr) return nullptr;
  void* const address = ::dlsym(handle_, name);
  if (address == nullptr && problem_.empty()) problem_ = std::string("it has no ") + name;
  return address;
}

Result<void> LateLibrary::state() const {
  if (problem_.empty()) return {};
  return unusable(problem_);
}

Error LateLibrary::unusable(const std::string& why) const {
  return {ErrorKind::io, std::string(file_) + " cannot be used: " + why, "",
          std::string("install the package ") + package_};
}

}  // namespace chandler
