// An answer's body as it comes in: unpacked, capped, and known to be whole.
//
// A packed body of usual size is kept until it is whole and then unpacked in one go, which takes a
// third of the time; a longer one, and one that is anything but a single plain gzip member, is
// unpacked piece by piece.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "chandler/result.h"

namespace chandler::http {

class BodyReader {
 public:
  explicit BodyReader(std::size_t most) : most_(most) {}

  // Before the first add(): the answer's Content-Encoding.
  void set_encoding(std::string_view encoding);
  // Errors are of kind data: too large, or not what the encoding says. After one the rest is moot.
  [[nodiscard]] Result<void> add(std::string_view bytes);
  // The whole body; an error when it ended early.
  [[nodiscard]] Result<std::string> finish();

 private:
  struct InflaterDeleter {
    void operator()(z_stream* stream) const;
  };
  [[nodiscard]] Result<void> keep(std::string_view bytes);
  [[nodiscard]] Result<void> unpack(std::string_view bytes);
  [[nodiscard]] bool unpack_at_once();  // false: nothing was done
  [[nodiscard]] Error too_large() const;

  std::size_t most_;
  std::size_t received_ = 0;
  std::string encoding_;
  std::unique_ptr<z_stream, InflaterDeleter> gzip_;
  bool member_open_ = false;  // within a gzip member
  bool piecewise_ = false;    // the body is unpacked as it comes
  std::string packed_;        // else: what has come of it
  std::string body_;
};

}  // namespace chandler::http
