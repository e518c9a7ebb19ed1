#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "import/byte_source.h"
#include "import/zip_library.h"

namespace chandler::foreign {
namespace {

struct CloseArchive {
  void operator()(zip_t* archive) const { libzip().discard(archive); }
};
struct CloseEntry {
  void operator()(zip_file_t* entry) const { libzip().fclose(entry); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
using Entry = std::unique_ptr<zip_file_t, CloseEntry>;

bool is_csv(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  const std::string_view leaf = slash == std::string_view::npos ? name : name.substr(slash + 1);
  if (leaf.size() < 5 || leaf.starts_with("._") || name.starts_with("__MACOSX/")) return false;
  std::string end(leaf.substr(leaf.size() - 4));
  for (char& c : end) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return end == ".csv";
}

class ZipBytes final : public ByteSource {
 public:
  ZipBytes(Entry entry, std::uint64_t packed) : entry_(std::move(entry)), packed_(packed) {}

  // The checksum is held by libzip when the last byte has been read.
  Result<std::size_t> read(char* to, std::size_t size) override {
    const zip_int64_t n = libzip().fread(entry_.get(), to, size);
    if (n < 0) {
      return Error{ErrorKind::data,
                   std::string("the zip is damaged (") +
                       libzip().error_strerror(libzip().file_get_error(entry_.get())) + ")",
                   "", "fetch it anew: `unzip -t` tells the same"};
    }
    unpacked_ += static_cast<std::uint64_t>(n);
    CHANDLER_CHECK(check_ratio(unpacked_, packed_));
    return static_cast<std::size_t>(n);
  }

 private:
  Entry entry_;
  std::uint64_t packed_;
  std::uint64_t unpacked_ = 0;
};

class ZipContainer final : public Container {
 public:
  ZipContainer(Archive archive, std::vector<zip_uint64_t> entries, std::uint64_t file_size)
      : archive_(std::move(archive)), entries_(std::move(entries)), file_size_(file_size) {}

  Result<std::optional<Member>> next() override {
    if (at_ == entries_.size()) return std::optional<Member>{};
    const zip_uint64_t index = entries_[at_++];
    zip_stat_t stat;
    libzip().stat_init(&stat);
    if (libzip().stat_index(archive_.get(), index, 0, &stat) != 0) return broken("");
    const std::string name = stat.name;
    Entry entry(libzip().fopen_index(archive_.get(), index, 0));
    if (!entry) return broken(name);
    // What an entry says of its own packed size is not believed beyond the size of the file.
    const std::uint64_t packed = std::min<std::uint64_t>(stat.comp_size, file_size_);
    return std::optional<Member>{
        Member{name, std::make_unique<ZipBytes>(std::move(entry), packed)}};
  }

 private:
  Error broken(const std::string& name) {
    return {ErrorKind::data,
            std::string("the zip's entry cannot be read (") +
                libzip().error_strerror(libzip().get_error(archive_.get())) + ")",
            name, "unpack it first"};
  }

  Archive archive_;
  std::vector<zip_uint64_t> entries_;
  std::uint64_t file_size_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::unique_ptr<Container>> open_zip(int fd, const std::filesystem::path& path,
                                            std::uint64_t file_size) {
  if (const auto library = load_late<ZipLibrary>(); !library) {
    ::close(fd);
    return library.error();
  }
  int code = 0;
  Archive archive(libzip().fdopen(fd, 0, &code));
  if (!archive) {
    ::close(fd);
    zip_error_t error;
    libzip().error_init_with_code(&error, code);
    const std::string why = libzip().error_strerror(&error);
    libzip().error_fini(&error);
    return Error{ErrorKind::data, "the zip is damaged or cut short (" + why + ")", path.string(),
                 "fetch it anew"};
  }
  std::vector<zip_uint64_t> entries;
  const zip_int64_t count = libzip().get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    const char* name = libzip().get_name(archive.get(), index, ZIP_FL_ENC_GUESS);
    if (name != nullptr && is_csv(name)) entries.push_back(index);
  }
  if (entries.empty()) {
    return Error{ErrorKind::data, "the zip holds no .csv file", path.string(),
                 "unpack it and name the right file"};
  }
  return std::unique_ptr<Container>(
      std::make_unique<ZipContainer>(std::move(archive), std::move(entries), file_size));
}

}  // namespace chandler::foreign
