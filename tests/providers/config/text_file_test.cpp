#include "config/text_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "config/config.h"

namespace chandler {
namespace {

namespace fs = std::filesystem;

class TextFile : public testing::Test {
 protected:
  TextFile() {
    std::string name = (fs::temp_directory_path() / "chandler_text_XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) folder_ = name;
  }
  ~TextFile() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  [[nodiscard]] fs::path write(const std::string& text) const {
    std::ofstream(folder_ / "a.txt", std::ios::binary) << text;
    return folder_ / "a.txt";
  }

  fs::path folder_;
};

TEST_F(TextFile, IsReadWhole) {
  const std::string long_text(200'000, 'x');

  EXPECT_EQ(*read_text_file(write(""), 1), "");
  EXPECT_EQ(*read_text_file(write("a\r\n\tb"), 1), "a\r\n\tb");
  EXPECT_EQ(*read_text_file(write(long_text), 1), long_text);
}

TEST_F(TextFile, HasALimit) {
  const std::size_t mebibyte = std::size_t{1} << 20U;

  EXPECT_TRUE(read_text_file(write(std::string(mebibyte, 'x')), 1));
  const auto over = read_text_file(write(std::string(mebibyte + 1, 'x')), 1);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().line(), (folder_ / "a.txt").string() + ": is over 1 MiB");
  EXPECT_EQ(over.error().kind, ErrorKind::usage);
}

TEST_F(TextFile, SaysWhyItCannotBeRead) {
  EXPECT_EQ(read_text_file(folder_, 1).error().line(),
            folder_.string() + ": is a folder, not a file");
  EXPECT_EQ(read_text_file(folder_ / "none", 1).error().line(),
            (folder_ / "none").string() + ": cannot be read: No such file or directory");
  EXPECT_EQ(load_config(folder_ / "none", {}).error().line(),
            (folder_ / "none").string() +
                ": cannot be read: No such file or directory; see `chandler --help` for --config");
}

}  // namespace
}  // namespace chandler
