#include "import/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "import/gzip_source.h"

namespace chandler::foreign {
namespace {

constexpr std::uint64_t kRatioFrom = 16U << 20U;
constexpr std::uint64_t kRatio = 250;

Error system_error(const char* doing) {
  return {ErrorKind::io, std::string(doing) + ": " + std::strerror(errno), "",
          ""};  // NOLINT(concurrency-mt-unsafe)
}

class FileBytes final : public ByteSource {
 public:
  explicit FileBytes(int fd) : fd_(fd) {}
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes() override {
    if (fd_ >= 0) ::close(fd_);  // read only: nothing can be lost
  }

  // Looks at the first bytes; they are still read afterwards (a pipe cannot be wound back).
  Result<std::string_view> peek() {
    while (peeked_ < head_.size()) {
      CHANDLER_TRY(const std::size_t n, read_some(head_.data() + peeked_, head_.size() - peeked_));
      if (n == 0) break;
      peeked_ += n;
    }
    return std::string_view(head_.data(), peeked_);
  }

  Result<std::size_t> read(char* to, std::size_t size) override {
    if (given_ == peeked_) return read_some(to, size);
    const std::size_t n = std::min(size, peeked_ - given_);
    std::memcpy(to, head_.data() + given_, n);
    given_ += n;
    return n;
  }

  // The descriptor, wound back, for another owner.
  Result<int> release() {
    if (::lseek(fd_, 0, SEEK_SET) != 0)
      return system_error("a zip must be a file that can be read at random");
    return std::exchange(fd_, -1);
  }

 private:
  [[nodiscard]] Result<std::size_t> read_some(char* to, std::size_t size) const {
    for (;;) {
      const ssize_t n = ::read(fd_, to, size);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) return system_error("cannot be read");
    }
  }

  int fd_;
  std::array<char, 8> head_{};
  std::size_t peeked_ = 0;
  std::size_t given_ = 0;
};

class SingleContainer final : public Container {
 public:
  explicit SingleContainer(std::unique_ptr<ByteSource> bytes) : bytes_(std::move(bytes)) {}
  Result<std::optional<Member>> next() override {
    if (!bytes_) return std::optional<Member>{};
    return std::optional<Member>{Member{"", std::move(bytes_)}};
  }

 private:
  std::unique_ptr<ByteSource> bytes_;
};

struct Magic {
  std::string_view bytes;
  const char* kind;
};
using namespace std::string_view_literals;
constexpr std::array<Magic, 7> kOtherKinds = {{{"\xFD"
                                                "7zXZ"sv,
                                                "xz"},
                                               {"BZh"sv, "bzip2"},
                                               {"\x28\xB5\x2F\xFD"sv, "zstd"},
                                               {"7z\xBC\xAF"sv, "7z"},
                                               {"Rar!"sv, "rar"},
                                               {"PAR1"sv, "Parquet"},
                                               {"ARROW1"sv, "Arrow"}}};

bool ends_with(const std::filesystem::path& path, std::string_view extension) {
  std::string end = path.extension().string();
  std::transform(end.begin(), end.end(), end.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return end == extension;
}

Result<void> check_kind(std::string_view head, const std::filesystem::path& path) {
  if (head.empty()) return Error{ErrorKind::data, "the file is empty", path.string(), ""};
  for (const Magic& other : kOtherKinds) {
    if (head.starts_with(other.bytes)) {
      return Error{ErrorKind::unsupported, std::string("this is a ") + other.kind + " file",
                   path.string(),
                   "unpack or convert it to CSV first (.csv, .csv.gz and .zip are read)"};
    }
  }
  for (const char* kind : {"gz", "zip"}) {
    if (!ends_with(path, std::string(".") + kind)) continue;
    const std::string real = std::string(kind) == "gz" ? "gzip" : "zip";
    return Error{ErrorKind::data, "the name says " + real + ", the content is not", path.string(),
                 "give the file its right name, or fetch it anew"};
  }
  return {};
}

}  // namespace

Result<void> check_ratio(std::uint64_t unpacked, std::uint64_t packed) {
  if (unpacked < kRatioFrom || unpacked / kRatio <= packed) return {};
  return Error{ErrorKind::data, "unpacks to more than 250 times its size", "",
               "no CSV of bars does; unpack it yourself if you trust it"};
}

Result<std::unique_ptr<Container>> open_container(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const ErrorKind kind = errno == ENOENT ? ErrorKind::not_found : ErrorKind::io;
    Error error = system_error("cannot be opened").within(path.string());
    error.kind = kind;
    return error;
  }
  auto file = std::make_unique<FileBytes>(fd);
  struct stat info {};
  if (::fstat(fd, &info) != 0) return system_error("cannot be looked at").within(path.string());
  if (S_ISDIR(info.st_mode)) {
    return Error{ErrorKind::usage, "is a folder, not a file", path.string(),
                 "name the files in it"};
  }

  const auto peeked = file->peek();
  if (!peeked) return peeked.error().within(path.string());
  const std::string_view head = *peeked;
  if (head.starts_with("PK\x03\x04") || head.starts_with("PK\x05\x06")) {
    const auto whole = file->release();
    if (!whole) return whole.error().within(path.string());
    return open_zip(*whole, path, static_cast<std::uint64_t>(info.st_size));
  }
  if (head.starts_with("\x1F\x8B")) {
    return std::unique_ptr<Container>(
        std::make_unique<SingleContainer>(unpack_gzip(std::move(file))));
  }
  CHANDLER_CHECK(check_kind(head, path));
  return std::unique_ptr<Container>(std::make_unique<SingleContainer>(std::move(file)));
}

}  // namespace chandler::foreign
