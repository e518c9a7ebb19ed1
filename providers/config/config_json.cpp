#include "config/config_json.h"

#include <nlohmann/json.hpp>

namespace chandler {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDepth = 64;
// What memory and time a document may cost: a value takes about 100 bytes, and a key is compared
// with all others of its object.
constexpr std::size_t kMaxValues = 2'000'000;
constexpr std::size_t kMaxKeys = 1000;

// Counts the lines the parser has read. When a key has just been read, so has its line and no more.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (*at_ == '\n') ++*line_;
    ++at_;
    return *this;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ == b.at_;
  }
  friend bool operator!=(const CountingIterator& a, const CountingIterator& b) { return !(a == b); }

 private:
  const char* at_;
  std::size_t* line_;
};

class TreeBuilder final : public nlohmann::json_sax<json> {
 public:
  TreeBuilder(const std::size_t& line, std::string name) : line_(line), name_(std::move(name)) {}

  bool null() override { return add(ConfigValue::Type::null); }
  bool boolean(bool value) override {
    if (!add(ConfigValue::Type::boolean)) return false;
    last_->truth = value;
    return true;
  }
  bool number_integer(number_integer_t value) override {
    return number(static_cast<double>(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return number(static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t& /*text*/) override {
    return number(value);
  }
  bool binary(binary_t& /*value*/) override { return fail("binary data"); }
  bool string(string_t& value) override {
    if (!add(ConfigValue::Type::string)) return false;
    last_->text = std::move(value);
    return true;
  }
  bool start_object(std::size_t /*elements*/) override { return open(ConfigValue::Type::object); }
  bool start_array(std::size_t /*elements*/) override { return open(ConfigValue::Type::list); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    if (open_.back()->members.size() >= kMaxKeys) return fail("an object with over 1000 keys");
    for (const ConfigMember& member : open_.back()->members) {
      if (member.key == value) return fail("the key \"" + printable(value) + "\" comes twice");
    }
    key_ = std::move(value);
    key_line_ = line_;
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string& token,
                   const json::exception& /*error*/) override {
    return fail("not valid JSON near \"" + printable(token, 40) + "\"");
  }

  ConfigValue& root() { return root_; }
  [[nodiscard]] const Error& error() const { return error_; }

 private:
  bool fail(std::string what) {
    error_ = Error{ErrorKind::usage, std::move(what), name_ + ":" + std::to_string(line_), ""};
    return false;
  }

  bool number(double value) {
    if (!add(ConfigValue::Type::number)) return false;
    last_->number = value;
    return true;
  }
  bool add(ConfigValue::Type type) {
    if (++count_ > kMaxValues) return fail("more than 2000000 values");
    ConfigValue value;
    value.type = type;
    value.line = line_;
    if (open_.empty()) {
      root_ = std::move(value);
      last_ = &root_;
    } else if (open_.back()->type == ConfigValue::Type::list) {
      last_ = &open_.back()->items.emplace_back(std::move(value));
    } else {
      value.line = key_line_;
      open_.back()->members.push_back({std::move(key_), std::move(value)});
      last_ = &open_.back()->members.back().value;
    }
    return true;
  }
  // The pointers to open values stay good: only the innermost one grows.
  bool open(ConfigValue::Type type) {
    if (open_.size() >= kMaxDepth) return fail("nested more than 64 deep");
    if (!add(type)) return false;
    open_.push_back(last_);
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  const std::size_t& line_;
  std::string name_;
  ConfigValue root_;
  std::vector<ConfigValue*> open_;
  ConfigValue* last_ = nullptr;
  std::size_t count_ = 0;
  std::string key_;
  std::size_t key_line_ = 0;
  Error error_;
};

}  // namespace

Result<ConfigValue> parse_config_json(std::string_view text, const std::string& name) {
  std::size_t line = 1;
  TreeBuilder builder{line, name};
  const bool good = json::sax_parse(CountingIterator{text.data(), &line},
                                    CountingIterator{text.data() + text.size(), &line}, &builder);
  if (!good) return builder.error();
  return std::move(builder.root());
}

std::string_view to_string(ConfigValue::Type type) {
  switch (type) {
    case ConfigValue::Type::null:
      return "null";
    case ConfigValue::Type::boolean:
      return "true or false";
    case ConfigValue::Type::number:
      return "a number";
    case ConfigValue::Type::string:
      return "a string";
    case ConfigValue::Type::list:
      return "a list";
    case ConfigValue::Type::object:
      return "an object";
  }
  return "null";
}

}  // namespace chandler
