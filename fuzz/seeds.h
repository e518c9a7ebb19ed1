// Seeds that are no text, or that only the engine can make: they are made when they are wanted, so
// that no binary file has to be kept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chandler::fuzz {

struct Seed {
  std::string target;
  std::string name;
  std::string bytes;
};

[[nodiscard]] std::vector<Seed> made_seeds();

}  // namespace chandler::fuzz
