// The bytes of a foreign file, unpacked: plain, gzip (every member, checksums held) or the .csv
// members of a zip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "chandler/result.h"

namespace chandler::foreign {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Up to `size` bytes (more than 0); 0 only at the end. Short reads are allowed.
  [[nodiscard]] virtual Result<std::size_t> read(char* to, std::size_t size) = 0;

 protected:
  ByteSource() = default;
  ByteSource(const ByteSource&) = default;
  ByteSource& operator=(const ByteSource&) = default;
};

struct Member {
  std::string name;  // in the zip; empty where there is no zip
  std::unique_ptr<ByteSource> bytes;
};

// The texts in one file, one after the other. A member's bytes must not outlive its container.
class Container {
 public:
  virtual ~Container() = default;
  [[nodiscard]] virtual Result<std::optional<Member>> next() = 0;

 protected:
  Container() = default;
  Container(const Container&) = default;
  Container& operator=(const Container&) = default;
};

// What the file is, is told by its first bytes; a name that says otherwise (.gz, .zip) is an error.
[[nodiscard]] Result<std::unique_ptr<Container>> open_container(const std::filesystem::path& path);

// Takes the descriptor, in any case. Precondition: at its start.
[[nodiscard]] Result<std::unique_ptr<Container>> open_zip(int fd, const std::filesystem::path& path,
                                                          std::uint64_t file_size);

// Text of bars shrinks 3 to 40 times; what shrinks far more is there to flood the reader.
[[nodiscard]] Result<void> check_ratio(std::uint64_t unpacked, std::uint64_t packed);

}  // namespace chandler::foreign
