#include "job/variables.h"

#include <algorithm>

#include "job/job_shape.h"

namespace chandler {
namespace {

Error not_filled_in(std::string what, std::string hint) {
  return Error{ErrorKind::usage, std::move(what), "", std::move(hint)};
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20U || c == '\x7F'; }

class Filler {
 public:
  Filler(const std::string& file, const Environment& environment)
      : file_(file), environment_(environment) {}

  [[nodiscard]] Result<void> fill(ConfigValue& value, const std::string& path) const {
    if (value.type == ConfigValue::Type::string) return fill_text(value, path);
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      CHANDLER_CHECK(fill(value.items[i], item_path(path, i)));
    }
    for (auto& [key, inner] : value.members) {
      if (path.empty() && key == "$schema") continue;
      CHANDLER_CHECK(fill(inner, key_path(path, key)));
    }
    return {};
  }

 private:
  [[nodiscard]] Result<void> fill_text(ConfigValue& value, const std::string& path) const {
    auto filled = fill_in(value.text, environment_);
    if (!filled) {
      return job_error(file_, value.line, path, filled.error().what, filled.error().hint);
    }
    if (std::any_of(filled->begin(), filled->end(), is_control)) {
      return job_error(file_, value.line, path,
                       '"' + printable(*filled, 40) + "\" holds a control character");
    }
    value.text = std::move(*filled);
    return {};
  }

  const std::string& file_;
  const Environment& environment_;
};

}  // namespace

Result<std::string> fill_in(std::string_view text, const Environment& environment) {
  std::string filled;
  while (true) {
    const std::size_t dollar = text.find('$');
    filled += text.substr(0, dollar);
    if (dollar == std::string_view::npos) return filled;
    text.remove_prefix(dollar + 1);
    if (text.starts_with('$')) {
      filled += '$';
      text.remove_prefix(1);
      continue;
    }
    const std::size_t end = text.find('}');
    if (!text.starts_with('{') || end == std::string_view::npos || end == 1) {
      return not_filled_in("\"$" + printable(std::string(text), 40) + "\" is not a variable",
                           "write ${NAME}, or $$ for a dollar");
    }
    const std::string_view name = text.substr(1, end - 1);
    const auto value = environment ? environment(name) : std::nullopt;
    if (!value) {
      return not_filled_in("${" + printable(std::string(name), 40) + "} is not set",
                           "export it, or write $$ for a dollar");
    }
    filled += *value;
    text.remove_prefix(end + 1);
  }
}

Result<void> fill_in_all(ConfigValue& root, const std::string& file,
                         const Environment& environment) {
  return Filler{file, environment}.fill(root, "");
}

}  // namespace chandler
