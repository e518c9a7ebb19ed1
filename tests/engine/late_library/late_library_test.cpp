#include "late_library.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace chandler {
namespace {

TEST(LateLibrary, FindsWhatIsThere) {
  LateLibrary library("libz.so.1", "zlib1g");
  decltype(&::zlibVersion) version = nullptr;
  library.find(version, "zlibVersion");
  ASSERT_TRUE(library.state()) << library.state().error().line();
  EXPECT_STREQ(version(), ::zlibVersion());
}

TEST(LateLibrary, SaysWhichPackageHasALibraryThatIsNotThere) {
  LateLibrary library("libnowhere.so.9", "libnowhere9");
  decltype(&::zlibVersion) version = ::zlibVersion;
  library.find(version, "zlibVersion");
  EXPECT_EQ(version, nullptr);
  ASSERT_FALSE(library.state());
  const Error error = library.state().error();
  EXPECT_EQ(error.kind, ErrorKind::io);
  EXPECT_NE(error.what.find("libnowhere.so.9 cannot be used"), std::string::npos) << error.what;
  EXPECT_EQ(error.hint, "install the package libnowhere9");
}

TEST(LateLibrary, SaysWhichFunctionIsMissingFirst) {
  LateLibrary library("libz.so.1", "zlib1g");
  decltype(&::zlibVersion) version = nullptr;
  library.find(version, "zlibOracle");
  EXPECT_EQ(version, nullptr);
  library.find(version, "zlibSoothsayer");
  library.find(version, "zlibVersion");
  EXPECT_NE(version, nullptr);
  ASSERT_FALSE(library.state());
  EXPECT_NE(library.state().error().what.find("it has no zlibOracle"), std::string::npos)
      << library.state().error().what;
}

}  // namespace
}  // namespace chandler
