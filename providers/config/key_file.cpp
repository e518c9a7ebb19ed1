#include "config/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "config/variable_name.h"

namespace chandler {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargest = std::size_t{64} << 10U;
constexpr std::string_view kBlanks = " \t\r";

Error refuse(const fs::path& file, std::string what, std::string hint = "") {
  return Error{ErrorKind::usage, std::move(what), file.string(), std::move(hint)};
}

Error failed_to(const fs::path& file, const char* doing) {
  return refuse(file, std::string(doing) + ": " + std::generic_category().message(errno),
                "it was to hold the providers' keys");
}

class Descriptor {
 public:
  // Without blocking: a pipe would be waited for. It is refused in the next step.
  explicit Descriptor(const fs::path& file)
      : fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);  // read only: nothing can be lost
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

// Of what is open, so that nobody can put another file there in between.
Result<void> check_owner(int fd, const fs::path& file) {
  struct stat facts {};
  if (::fstat(fd, &facts) != 0) return failed_to(file, "cannot be looked at");
  if (!S_ISREG(facts.st_mode)) return refuse(file, "is not a regular file", "keys go into one");
  if (facts.st_uid != ::geteuid()) {
    return refuse(file, "holds keys and belongs to somebody else",
                  "make it your own: chown \"$(id -un)\" " + file.string());
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return refuse(file, "holds keys and others may read or write it", "chmod 600 " + file.string());
  }
  return {};
}

Result<std::string> read_text(int fd, const fs::path& file) {
  std::string text;
  std::array<char, 4096> piece{};
  for (;;) {
    const ssize_t n = ::read(fd, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed_to(file, "cannot be read");
    if (n == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(n));
    if (text.size() > kLargest) return refuse(file, "is over 64 KiB", "that is no file of keys");
  }
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == text.back() &&
                      (text.front() == '"' || text.front() == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

bool has_control_characters(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return true;
  }
  return false;
}

}  // namespace

Result<KeyFile> KeyFile::read(const fs::path& file) {
  const Descriptor open(file);
  if (open.get() < 0) return failed_to(file, "cannot be opened");
  CHANDLER_CHECK(check_owner(open.get(), file));
  CHANDLER_TRY(const std::string text, read_text(open.get(), file));
  return parse_key_file(text, file);
}

std::optional<std::string> KeyFile::key(std::string_view name) const {
  const auto found = keys_.find(name);
  if (found == keys_.end()) return {};
  return found->second;
}

Result<KeyFile> parse_key_file(std::string_view text, const fs::path& file) {
  KeyFile keys;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    // Nothing of a line is shown: it may be a key that lost its name.
    const auto mistake = [&](const char* what) {
      return Error{ErrorKind::usage, what, file.string() + ":" + std::to_string(number),
                   "write NAME=value, like ALPHA_VANTAGE_API_KEY=..."};
    };
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return mistake("the line is not NAME=value");
    const std::string_view name = trimmed(line.substr(0, equals));
    if (!is_variable_name(name)) return mistake("what stands before = is not a variable's name");
    const std::string_view value = unquoted(trimmed(line.substr(equals + 1)));
    if (value.empty()) return mistake("there is no value behind =");
    if (has_control_characters(value)) return mistake("the value holds control characters");
    if (!keys.keys_.emplace(name, value).second) return mistake("the name comes twice");
  }
  return keys;
}

Result<KeyFile> find_key_file(const Config& config, const Environment& environment) {
  if (const auto named = environment("CHANDLER_KEY_FILE"); named && !named->empty()) {
    return KeyFile::read(*named);
  }
  if (config.key_file) return KeyFile::read(*config.key_file);
  const std::string home = environment("HOME").value_or("");
  if (home.empty()) return KeyFile{};
  const fs::path usual = fs::path(home) / ".config" / "chandler" / "keys";
  std::error_code failed;
  const auto status = fs::status(usual, failed);
  // What may not even be looked at is not passed over in silence.
  const bool absent =
      status.type() == fs::file_type::not_found || failed == std::errc::not_a_directory;
  if (absent) return KeyFile{};
  return KeyFile::read(usual);
}

Environment keys_from(Environment environment, KeyFile file) {
  return [environment = std::move(environment),
          file = std::move(file)](std::string_view name) -> std::optional<std::string> {
    auto value = environment(name);
    if (value && !value->empty()) return value;
    auto kept = file.key(name);
    return kept ? kept : value;
  };
}

}  // namespace chandler
