// A shared library that is loaded when it is first needed, since loading it takes longer than most
// commands, which do without it, take as a whole (docs/decisions/0009-libraries-when-needed.md).
// It is never closed: something may still be under way in it.
#pragma once

#include <string>

#include "chandler/result.h"

namespace chandler {

class LateLibrary {
 public:
  // A library by its file's name (libzip.so.4), and the package that has it.
  LateLibrary(const char* file, const char* package);

  // Looks a function up; what is not there shows in state().
  template <class Function>
  void find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(address_of(name));
  }
  // An error that says what is missing and which package has it, unless all was found.
  [[nodiscard]] Result<void> state() const;
  [[nodiscard]] Error unusable(const std::string& why) const;

 private:
  void* address_of(const char* name);

  const char* file_;
  const char* package_;
  void* handle_;
  std::string problem_{};
};

}  // namespace chandler
