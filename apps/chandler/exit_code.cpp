#include "exit_code.h"

namespace chandler::cli {
namespace {

bool lies_in_the_data(ErrorKind kind) {
  return kind == ErrorKind::data || kind == ErrorKind::not_found || lies_in_the_files(kind);
}

}  // namespace

bool lies_in_the_files(ErrorKind kind) {
  return kind == ErrorKind::damaged || kind == ErrorKind::misplaced ||
         kind == ErrorKind::newer_schema;
}

ExitCode exit_code_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::usage:
    case ErrorKind::read_only:
    case ErrorKind::unsupported:
      return ExitCode::usage;
    case ErrorKind::interrupted:
      return ExitCode::interrupted;
    case ErrorKind::not_found:
    case ErrorKind::data:
    case ErrorKind::damaged:
    case ErrorKind::misplaced:
    case ErrorKind::newer_schema:
    case ErrorKind::io:
    case ErrorKind::no_space:
    case ErrorKind::locked:
    case ErrorKind::auth:
    case ErrorKind::rate_limited:
    case ErrorKind::unavailable:
      break;
  }
  return ExitCode::some_failed;
}

ExitCode exit_code_of_work(std::size_t pieces, std::size_t failed, const Error& first) {
  if (failed == 0) return ExitCode::done;
  if (failed < pieces) return ExitCode::some_failed;
  if (first.kind == ErrorKind::usage) return ExitCode::usage;
  return pieces == 1 && lies_in_the_data(first.kind) ? ExitCode::some_failed : ExitCode::all_failed;
}

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return "usage";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::data:
      return "data";
    case ErrorKind::damaged:
      return "damaged";
    case ErrorKind::misplaced:
      return "misplaced";
    case ErrorKind::newer_schema:
      return "newer_schema";
    case ErrorKind::io:
      return "io";
    case ErrorKind::no_space:
      return "no_space";
    case ErrorKind::locked:
      return "locked";
    case ErrorKind::read_only:
      return "read_only";
    case ErrorKind::interrupted:
      return "interrupted";
    case ErrorKind::unsupported:
      return "unsupported";
    case ErrorKind::auth:
      return "auth";
    case ErrorKind::rate_limited:
      return "rate_limited";
    case ErrorKind::unavailable:
      return "unavailable";
  }
  return "io";
}

}  // namespace chandler::cli
