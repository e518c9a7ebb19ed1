// SHA-256 as lower-case hex: what names blocks and versions.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace chandler::store {

using Digest = std::array<std::byte, 32>;

[[nodiscard]] Digest sha256(std::span<const std::byte> data);
[[nodiscard]] std::string hex(const Digest& digest);
// The first eight bytes of a text's: enough to tell a user's accounts apart, and nothing can be had
// back from it.
[[nodiscard]] std::string short_digest(std::string_view text);

// The version of a file: the hash of its blocks' hashes, in order, each as lower-case hex and a
// line feed.
[[nodiscard]] Digest content_sha256(std::span<const Digest> blocks);

}  // namespace chandler::store
