// Reading JSON that somebody else wrote. For the parsers only: it brings simdjson along.
//
// Whatever the bytes are, the worst that happens is an error of kind data.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "chandler/result.h"
#include "venue/unexpected.h"

namespace chandler::venue {

using Json = simdjson::dom::element;

// Keeps the memory that the elements it gave out lie in.
class Document {
 public:
  // The error calls the text by this name: "the answer is not JSON".
  [[nodiscard]] Result<Json> parse(std::string_view text);

 private:
  simdjson::dom::parser parser_;
};

// All of the text is one finite number, exactly rounded. No leading + or space.
[[nodiscard]] std::optional<double> number(std::string_view text);
// A number, or a text that is one.
[[nodiscard]] std::optional<double> number(const Json& value);
[[nodiscard]] std::optional<std::int64_t> integer(const Json& value);
[[nodiscard]] std::optional<std::string_view> text(const Json& value);

// What an object has under this name; nothing when it has not, or is no object.
[[nodiscard]] std::optional<Json> member(const Json& object, std::string_view name);
[[nodiscard]] std::optional<double> number(const Json& object, std::string_view name);
[[nodiscard]] std::optional<std::int64_t> integer(const Json& object, std::string_view name);
[[nodiscard]] std::optional<std::string_view> text(const Json& object, std::string_view name);

}  // namespace chandler::venue
