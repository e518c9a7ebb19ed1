// The fuzz targets, by name.
#pragma once

#include <cstddef>
#include <span>

namespace chandler::fuzz {

struct Target {
  const char* name;
  int (*run)(const unsigned char* data, std::size_t size);
};

[[nodiscard]] std::span<const Target> targets();

}  // namespace chandler::fuzz
