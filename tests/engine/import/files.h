// Files for the tests of this room: plain, gzipped, zipped; and a reader of everything in one.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "chandler/foreign_csv.h"

namespace chandler::foreign {

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "chandler_import_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

inline std::string slurp(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

inline std::string gzipped(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib's interface
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

using Texts = std::vector<std::pair<std::string, std::string>>;

inline void write_zip(const std::filesystem::path& path, const Texts& members,
                      const char* password = nullptr) {
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  ASSERT_NE(archive, nullptr);
  for (const auto& [name, text] : members) {
    zip_source_t* source = zip_source_buffer(archive, text.data(), text.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    ASSERT_GE(index, 0);
    if (password != nullptr) {
      ASSERT_EQ(zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index), ZIP_EM_AES_128,
                                        password),
                0);
    }
  }
  ASSERT_EQ(zip_close(archive), 0);
}

struct Everything {
  BarSeries bars;
  std::vector<std::uint64_t> lines;
  std::vector<RejectedLine> rejected;
  ForeignPreset preset = ForeignPreset::automatic;
  SeriesGuess guess;
  std::vector<std::string> members;
  std::optional<Error> error;
};

inline Everything read_everything(const std::filesystem::path& path,
                                  const ForeignFormat& format = {}, std::size_t max_rows = 1000) {
  Everything all;
  auto file = ForeignCsv::open(path, format);
  if (!file) {
    all.error = file.error();
    return all;
  }
  ForeignBatch batch;
  for (bool more = true; more;) {
    const auto next = file->next(batch, max_rows);
    if (!next) all.error = next.error();
    more = next && *next;
    EXPECT_EQ(batch.lines.size(), batch.bars.size());
    EXPECT_LE(batch.lines.size() + batch.rejected.size(), max_rows);
    all.bars.append(batch.bars);
    all.lines.insert(all.lines.end(), batch.lines.begin(), batch.lines.end());
    all.rejected.insert(all.rejected.end(), batch.rejected.begin(), batch.rejected.end());
    if (!more) break;
    all.preset = batch.preset;
    all.guess = batch.guess;
    if (all.members.empty() || all.members.back() != batch.member)
      all.members.push_back(batch.member);
  }
  return all;
}

inline Everything read_text(const std::string& text, const ForeignFormat& format = {},
                            const std::string& name = "bars.csv") {
  const TempFolder folder;
  return read_everything(folder.write(name, text), format);
}

}  // namespace chandler::foreign
