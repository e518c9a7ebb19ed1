// What the shell is told. The numbers are part of the contract.
#pragma once

#include <cstddef>
#include <string_view>

#include "chandler/result.h"

namespace chandler::cli {

enum class ExitCode : int {
  done = 0,         // all done, or nothing to do
  some_failed = 1,  // some of the work failed, the rest is committed; input that breaks its format
  usage = 2,        // wrong usage or configuration; nothing was done
  problems = 3,     // `verify` found problems
  all_failed = 4,   // all of the work failed
  interrupted = 130,
};

// Of an error that ended a verb before or instead of its work.
[[nodiscard]] ExitCode exit_code_of(const Error& error);

// Of work in several pieces. A single piece that failed because its data are bad is a failure of
// the data (1), not of the work as a whole (4). `first` is the first failure; ignored when none
// failed.
[[nodiscard]] ExitCode exit_code_of_work(std::size_t pieces, std::size_t failed,
                                         const Error& first);

// The files of the cache are bad, in the way, or of a later version.
[[nodiscard]] bool lies_in_the_files(ErrorKind kind);

// "usage", "not_found", ...: the `kind` of error documents.
[[nodiscard]] std::string_view name_of(ErrorKind kind);

}  // namespace chandler::cli
