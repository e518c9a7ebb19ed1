#include "late_library.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace chandler {
namespace {

struct There : LateLibrary {
  There() : LateLibrary("libz.so.1", "zlib1g") {}
  decltype(&::zlibVersion) version = find("zlibVersion");
};

struct Nowhere : LateLibrary {
  Nowhere() : LateLibrary("libnowhere.so.9", "libnowhere9") {}
  decltype(&::zlibVersion) version = find("zlibVersion");
};

struct WithoutOracle : LateLibrary {
  WithoutOracle() : LateLibrary("libz.so.1", "zlib1g") {}
  decltype(&::zlibVersion) oracle = find("zlibOracle");
  decltype(&::zlibVersion) soothsayer = find("zlibSoothsayer");
  decltype(&::zlibVersion) version = find("zlibVersion");
};

TEST(LateLibrary, FindsWhatIsThereAndIsLoadedOnce) {
  const auto library = load_late<There>();

  ASSERT_TRUE(library) << library.error().line();
  EXPECT_STREQ((*library)->version(), ::zlibVersion());
  EXPECT_EQ(&loaded<There>(), *library);
}

TEST(LateLibrary, SaysWhichPackageHasALibraryThatIsNotThere) {
  const auto library = load_late<Nowhere>();

  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().kind, ErrorKind::io);
  EXPECT_NE(library.error().what.find("libnowhere.so.9 cannot be used"), std::string::npos);
  EXPECT_EQ(library.error().hint, "install the package libnowhere9");
  EXPECT_THROW(static_cast<void>(loaded<Nowhere>()), std::runtime_error);
}

TEST(LateLibrary, SaysWhichFunctionIsMissingFirst) {
  const WithoutOracle library;

  EXPECT_EQ(library.oracle, nullptr);
  EXPECT_NE(library.version, nullptr);
  ASSERT_FALSE(library.state());
  EXPECT_NE(library.state().error().what.find("it has no zlibOracle"), std::string::npos)
      << library.state().error().what;
}

}  // namespace
}  // namespace chandler
