// Returns that stand out and are taken back at once; see suspicious.cpp. Not part of the public face.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace chandler::quality {

// Rows whose close is a spike, ascending.
[[nodiscard]] std::vector<std::size_t> find_spikes(std::span<const double> closes);

// The same, always by taking every logarithm and both medians: what find_spikes() is held against.
[[nodiscard]] std::vector<std::size_t> find_spikes_at_length(std::span<const double> closes);

}  // namespace chandler::quality
