#include "whole_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <random>

namespace chandler::cli {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, with a gzip header
constexpr std::size_t kPiece = std::size_t{64} << 10U;

Error failure(int code, const std::filesystem::path& path) {
  const bool full = code == ENOSPC || code == EDQUOT;
  return Error{full ? ErrorKind::no_space : ErrorKind::io, std::strerror(code), path.string(),
               full ? "make room and try again" : ""};
}

std::filesystem::path temporary_beside(const std::filesystem::path& path) {
  std::random_device random;
  return path.parent_path() /
         fmt::format(".{}.{:08x}{:08x}.tmp", path.filename().string(), random(), random());
}

// The folder's entry must be on the disk, too, before the file is spoken of.
int sync_folder(const std::filesystem::path& path) {
  const std::string folder =
      path.has_parent_path() ? path.parent_path().string() : std::string{"."};
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  const int code = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  return code == EINVAL ? 0 : code;  // some file systems cannot sync folders
}

// Absolute and without links, as far as it is there; nothing behind the last slash.
std::filesystem::path real_path(const std::filesystem::path& path) {
  std::error_code failed;
  std::filesystem::path whole = std::filesystem::absolute(path, failed);
  if (std::filesystem::path real = std::filesystem::weakly_canonical(whole, failed); !failed)
    whole = std::move(real);
  return whole.has_filename() ? whole : whole.parent_path();
}

bool lies_in(const std::filesystem::path& path, const std::filesystem::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

}  // namespace

Result<void> check_outside(const std::filesystem::path& path,
                           const std::filesystem::path& cache_root) {
  const std::filesystem::path root = real_path(cache_root);
  // A name is replaced, not what it links to: the name must not lie in the cache either.
  const std::filesystem::path name = real_path(path.parent_path() / ".") / path.filename();
  if (!lies_in(real_path(path), root) && !lies_in(name, root)) return {};
  return Error{ErrorKind::usage, "lies inside the cache", path.string(), "write to another folder"};
}

Result<void> check_target(const std::filesystem::path& path,
                          const std::filesystem::path& cache_root) {
  CHANDLER_CHECK(check_outside(path, cache_root));
  std::error_code failed;
  if (!path.has_filename() || std::filesystem::is_directory(path, failed))
    return Error{ErrorKind::usage, "is a folder", path.string(), "name a file"};
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  if (!std::filesystem::is_directory(folder, failed)) {
    return Error{ErrorKind::usage, "there is no folder " + printable(folder.string()),
                 path.string(), "make it first"};
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return Error{ErrorKind::usage, std::string{"cannot be written: "} + std::strerror(errno),
                 path.string(), "write to another folder"};
  }
  return {};
}

struct WholeFile::State {
  std::filesystem::path path;
  std::filesystem::path temporary;
  int descriptor = -1;
  bool packed = false;
  z_stream stream{};

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (packed) deflateEnd(&stream);
    if (descriptor >= 0) ::close(descriptor);
    if (!temporary.empty()) ::unlink(temporary.c_str());
  }

  Result<void> put(const char* from, std::size_t size) const {
    while (size > 0) {
      const ssize_t n = ::write(descriptor, from, size);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failure(errno, path);
      from += n;
      size -= static_cast<std::size_t>(n);
    }
    return {};
  }

  // Precondition: at most 4 GiB at once.
  Result<void> pack(std::string_view bytes, int flush) {
    std::array<char, kPiece> packed_bytes{};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads
    stream.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream.next_out = reinterpret_cast<Bytef*>(packed_bytes.data());
      stream.avail_out = static_cast<uInt>(packed_bytes.size());
      deflate(&stream, flush);
      CHANDLER_CHECK(put(packed_bytes.data(), packed_bytes.size() - stream.avail_out));
    } while (stream.avail_out == 0);
    return {};
  }
};

WholeFile::WholeFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
WholeFile::WholeFile(WholeFile&&) noexcept = default;
WholeFile& WholeFile::operator=(WholeFile&&) noexcept = default;
WholeFile::~WholeFile() = default;

Result<WholeFile> WholeFile::create(const std::filesystem::path& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  const std::filesystem::path temporary = temporary_beside(path);
  state->descriptor =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (state->descriptor < 0) {
    Error error = failure(errno, path);
    // Nothing has been done, and the name is the caller's.
    if (error.kind != ErrorKind::no_space) error.kind = ErrorKind::usage;
    return error;
  }
  state->temporary = temporary;
  if (path.extension() == ".gz") {
    if (deflateInit2(&state->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      return Error{ErrorKind::io, "no memory to compress", path.string(), ""};
    }
    state->packed = true;
  }
  return WholeFile{std::move(state)};
}

Result<void> WholeFile::write(std::string_view bytes) {
  if (!state_->packed) return state_->put(bytes.data(), bytes.size());
  return state_->pack(bytes, Z_NO_FLUSH);
}

Result<void> WholeFile::commit() {
  State& state = *state_;
  if (state.packed) CHANDLER_CHECK(state.pack({}, Z_FINISH));
  if (::fsync(state.descriptor) != 0) return failure(errno, state.path);
  const int closed = ::close(state.descriptor);
  state.descriptor = -1;
  if (closed != 0) return failure(errno, state.path);
  if (::rename(state.temporary.c_str(), state.path.c_str()) != 0) return failure(errno, state.path);
  state.temporary.clear();
  if (const int code = sync_folder(state.path); code != 0) return failure(code, state.path);
  return {};
}

}  // namespace chandler::cli
