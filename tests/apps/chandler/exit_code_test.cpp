#include "exit_code.h"

#include <gtest/gtest.h>

#include <set>

namespace chandler::cli {
namespace {

Error of(ErrorKind kind) { return Error{kind, "what", "where", ""}; }

TEST(ExitCode, IsTwoOnlyWhenNothingWasDone) {
  for (const ErrorKind kind : {ErrorKind::usage, ErrorKind::read_only, ErrorKind::unsupported}) {
    EXPECT_EQ(exit_code_of(of(kind)), ExitCode::usage);
  }
  for (const ErrorKind kind :
       {ErrorKind::data, ErrorKind::damaged, ErrorKind::misplaced, ErrorKind::not_found,
        ErrorKind::newer_schema, ErrorKind::io, ErrorKind::no_space, ErrorKind::locked}) {
    EXPECT_EQ(exit_code_of(of(kind)), ExitCode::some_failed);
  }
  EXPECT_EQ(exit_code_of(of(ErrorKind::interrupted)), ExitCode::interrupted);
}

TEST(ExitCode, TellsSomeFailuresFromAll) {
  EXPECT_EQ(exit_code_of_work(3, 0, {}), ExitCode::done);
  EXPECT_EQ(exit_code_of_work(3, 2, of(ErrorKind::io)), ExitCode::some_failed);
  EXPECT_EQ(exit_code_of_work(3, 3, of(ErrorKind::data)), ExitCode::all_failed);
  EXPECT_EQ(exit_code_of_work(1, 1, of(ErrorKind::no_space)), ExitCode::all_failed);
  EXPECT_EQ(exit_code_of_work(2, 2, of(ErrorKind::usage)), ExitCode::usage);
}

TEST(ExitCode, OfOneBadFileSpeaksOfTheData) {
  EXPECT_EQ(exit_code_of_work(1, 1, of(ErrorKind::data)), ExitCode::some_failed);
  EXPECT_EQ(exit_code_of_work(1, 1, of(ErrorKind::misplaced)), ExitCode::some_failed);
  EXPECT_EQ(exit_code_of_work(1, 1, of(ErrorKind::newer_schema)), ExitCode::some_failed);
}

TEST(ExitCode, EveryKindHasItsOwnName) {
  std::set<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::unavailable); ++kind) {
    names.insert(name_of(static_cast<ErrorKind>(kind)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorKind::unavailable) + 1);
}

}  // namespace
}  // namespace chandler::cli
