#include "config/text_file.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace chandler {
namespace {

Error unreadable(const std::filesystem::path& file, std::string why) {
  return Error{ErrorKind::usage, std::move(why), file.string(), ""};
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& file, std::size_t max_mebibytes) {
  std::error_code failed;
  if (std::filesystem::is_directory(file, failed)) {
    return unreadable(file, "is a folder, not a file");
  }
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  if (!in) {
    return unreadable(file, "cannot be read: " + std::generic_category().message(errno));
  }
  std::string text;
  std::array<char, std::size_t{64} << 10U> piece{};
  do {
    in.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > max_mebibytes << 20U) {
      return unreadable(file, "is over " + std::to_string(max_mebibytes) + " MiB");
    }
  } while (in);
  if (in.bad()) return unreadable(file, "cannot be read to its end");
  return text;
}

}  // namespace chandler
