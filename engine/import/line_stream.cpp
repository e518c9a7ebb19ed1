#include "import/line_stream.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace chandler::foreign {

class LineStream::Guard final : public io::ByteSourceBase {
 public:
  Guard(std::unique_ptr<ByteSource> bytes, State& state)
      : bytes_(std::move(bytes)), state_(state) {}

  int read(char* buffer, int size) override {
    const auto wanted = static_cast<std::size_t>(size);
    std::size_t have = 0;
    while (have < wanted && !ended_) {
      const auto got = bytes_->read(buffer + have, std::min(wanted - have, kChunk));
      if (!got) state_.error = got.error();
      if (!got || *got == 0 || !inspect(buffer + have, *got)) {
        ended_ = true;
      } else {
        have += *got;
      }
    }
    if (ended_ && unfinished_ && have < wanted) {
      buffer[have++] = '\n';
      unfinished_ = false;
    }
    return static_cast<int>(have);
  }

 private:
  // Less than a line may hold, so that a line that is too long shows at the ends of a chunk.
  static constexpr std::size_t kChunk = 256U << 10U;
  static_assert(kChunk < kMaxLine);

  bool inspect(char* text, std::size_t size) {
    char* const end = text + size;
    for (char* nul = text; (nul = static_cast<char*>(std::memchr(
                                nul, 0, static_cast<std::size_t>(end - nul)))) != nullptr;) {
      *nul = '\x01';
    }
    const void* first = std::memchr(text, '\n', size);
    if (first == nullptr) {
      pending_ += size;
      unfinished_ = true;
      return short_enough(pending_);
    }
    const auto to_first = static_cast<std::size_t>(static_cast<const char*>(first) - text);
    if (!short_enough(pending_ + to_first)) return false;
    const char* const last = static_cast<const char*>(memrchr(text, '\n', size));
    pending_ = static_cast<std::size_t>(end - last) - 1;
    unfinished_ = pending_ > 0;
    state_.whole_lines += static_cast<std::uint64_t>(std::count(text, end, '\n'));
    return true;
  }

  bool short_enough(std::size_t length) {
    if (length <= kMaxLine) return true;
    state_.error =
        Error{ErrorKind::data, "the line is longer than 1 MiB", "", "this is no CSV of bars"};
    return false;
  }

  std::unique_ptr<ByteSource> bytes_;
  State& state_;
  std::size_t pending_ = 0;  // bytes since the last LF
  bool unfinished_ = false;
  bool ended_ = false;
};

LineStream::LineStream(std::unique_ptr<ByteSource> bytes)
    : state_(std::make_unique<State>()),
      reader_(std::make_unique<io::LineReader>(
          "", std::make_unique<Guard>(std::move(bytes), *state_))) {}

Result<char*> LineStream::next() {
  char* text = nullptr;
  try {
    text = reader_->next_line();
  } catch (const io::error::base& broken) {
    return Error{ErrorKind::data, broken.what(), "", ""};
  }
  if (state_->error && (text == nullptr || line_ >= state_->whole_lines)) {
    return state_->error->within("line " + std::to_string(state_->whole_lines + 1));
  }
  if (text != nullptr) ++line_;
  return text;
}

}  // namespace chandler::foreign
