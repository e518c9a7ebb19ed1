// Lines out of bytes, with fast-cpp-csv-parser's LineReader and a guard below it. The guard sees to
// what the LineReader takes for granted:
//   - a read that is not full means the end          -> short reads are filled up
//   - the last line ends with LF (otherwise it may run into what an earlier block left behind)  ->
//   one is added
//   - a line is at most 16 MiB                       -> 1 MiB, refused before it is kept
//   - no NUL in a line (it would cut it in silence)  -> turned into 0x01, which no field can be
//   read with
//   - bytes do not fail                              -> an error waits until the lines before it
//   are read
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "chandler/result.h"
#include "import/byte_source.h"
#include "import/fccp.h"

namespace chandler::foreign {

inline constexpr std::size_t kMaxLine = 1U << 20U;

class LineStream {
 public:
  explicit LineStream(std::unique_ptr<ByteSource> bytes);

  // The next line without its end, writable, valid until the next call; nullptr at the end.
  [[nodiscard]] Result<char*> next();
  // Number of the line last read, from 1.
  [[nodiscard]] std::uint64_t line() const { return line_; }

 private:
  struct State {
    std::uint64_t whole_lines = 0;  // that came before the end or the error
    std::optional<Error> error;
  };
  class Guard;

  std::unique_ptr<State> state_;
  std::unique_ptr<io::LineReader> reader_;
  std::uint64_t line_ = 0;
};

}  // namespace chandler::foreign
