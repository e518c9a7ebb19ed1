// Recorded answers, and how tests skip where they are not there.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace chandler {

inline std::string fixture_path(const std::string& name) {
  return std::string(CHANDLER_FIXTURES) + "/" + name;
}
inline std::string read_fixture(const std::string& name) {
  std::ifstream in(fixture_path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace chandler

#define CHANDLER_NEEDS_FIXTURE(name)                            \
  if (!std::filesystem::exists(::chandler::fixture_path(name))) \
  GTEST_SKIP() << "no recorded answers at " << ::chandler::fixture_path(name)
