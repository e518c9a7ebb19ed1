#include "late_library.h"

#include <dlfcn.h>

namespace chandler {

LateLibrary::LateLibrary(const char* file, const char* package)
    : file_(file), package_(package), handle_(::dlopen(file, RTLD_LAZY | RTLD_LOCAL)) {
  if (handle_ != nullptr) return;
  const char* const text = ::dlerror();
  fail(text == nullptr ? "no reason given" : printable(text));
}

LateLibrary::Address LateLibrary::find(const char* name) {
  void* const address = handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
  if (address == nullptr) fail(std::string("it has no ") + name);
  return Address(address);
}

void LateLibrary::fail(const std::string& why) {
  if (problem_.empty()) problem_ = why;
}

Result<void> LateLibrary::state() const {
  if (problem_.empty()) return {};
  return Error{ErrorKind::io, std::string(file_) + " cannot be used: " + problem_, "",
               std::string("install the package ") + package_};
}

}  // namespace chandler
