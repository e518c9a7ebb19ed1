// A shared library that is loaded when it is first needed, since loading it takes longer than most
// commands, which do without it, take as a whole (docs/decisions/0009-libraries-when-needed.md).
// It is never closed: something may still be under way in it.
//
// One library is one struct, whose members are the functions that are used:
//   struct ZLibrary : LateLibrary {
//     ZLibrary() : LateLibrary("libz.so.1", "zlib1g") {}
//     decltype(&::zlibVersion) version = find("zlibVersion");
//   };
//   CHANDLER_TRY(const ZLibrary* z, load_late<ZLibrary>());
#pragma once

#include <stdexcept>
#include <string>

#include "chandler/result.h"

namespace chandler {

class LateLibrary {
 public:
  LateLibrary(const LateLibrary&) = delete;
  LateLibrary& operator=(const LateLibrary&) = delete;

  // An error that says what is missing first, and which package has it, unless all was found.
  [[nodiscard]] Result<void> state() const;

 protected:
  // A library by its file's name (libzip.so.4), and the package that has it.
  LateLibrary(const char* file, const char* package);
  ~LateLibrary() = default;

  // Becomes a pointer to whatever function it is assigned to.
  class Address {
   public:
    explicit Address(void* address) : address_(address) {}
    template <class Function>
    operator Function*() const {  // NOLINT(google-explicit-constructor): that is what it is for
      return reinterpret_cast<Function*>(address_);
    }

   private:
    void* address_;
  };
  Address find(const char* name);
  void fail(const std::string& why);  // later ones are forgotten

 private:
  const char* file_;
  const char* package_;
  void* handle_;
  std::string problem_{};
};

// Loads it unless it is there already.
template <class Library>
[[nodiscard]] Result<const Library*> load_late() {
  static const Library library;
  CHANDLER_CHECK(library.state());
  return &library;
}

// The same where it has been loaded before. Throws where it cannot be.
template <class Library>
[[nodiscard]] const Library& loaded() {
  const auto library = load_late<Library>();
  if (!library) throw std::runtime_error(library.error().line());
  return **library;
}

}  // namespace chandler
