#include "plugin/discover.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/providers/plugin/fixture.h"

namespace chandler::plugin {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Discover : public PluginTest {
 protected:
  FoundPlugins find(const std::vector<fs::path>& places) { return find_plugins(places); }
  LoadedPlugins load(const std::vector<fs::path>& places,
                     const std::vector<std::string>& taken = {}) {
    return load_plugins(places, environment(), context_of(), {.taken = taken});
  }
  fs::path plugin(const std::string& file, const std::string& name) {
    return folder.script(file, "echo '{\"protocol\": 1, \"name\": \"" + name +
                                   "\", \"classes\": [\"crypto\"], \"timeframes\": [\"1m\"]}'");
  }
};

TEST_F(Discover, FindsProgramsAndSharedObjectsInAFolder) {
  const fs::path b = folder.script("b.py", "");
  const fs::path a = folder.file("a.so", "");
  folder.file("README.md", "");
  folder.script(".hidden", "");
  folder.script("deeper/c", "");

  const FoundPlugins found = find({folder.path()});

  EXPECT_THAT(found.files, ElementsAre(PluginFile{a, PluginFile::Kind::shared_object},
                                       PluginFile{b, PluginFile::Kind::executable}));
  EXPECT_THAT(found.errors, IsEmpty());
}

TEST_F(Discover, TakesFilesByTheirName) {
  const fs::path one = folder.script("one", "");

  EXPECT_THAT(find({one}).files, ElementsAre(PluginFile{one, PluginFile::Kind::executable}));
}

TEST_F(Discover, CountsAFileOnce) {
  const fs::path one = folder.script("one", "");
  fs::create_symlink(one, folder.path() / "two");

  EXPECT_EQ(find({folder.path(), one}).files.size(), 1U);
}

TEST_F(Discover, SaysWhatAPlaceIsNot) {
  const fs::path text = folder.file("notes.txt", "");
  const fs::path none = folder.path() / "none";
  const fs::path good = folder.script("good", "");

  const FoundPlugins found = find({text, none, good});

  ASSERT_EQ(found.errors.size(), 2U);
  EXPECT_THAT(found.errors[0].line(), HasSubstr("notes.txt: is neither an executable nor"));
  EXPECT_THAT(found.errors[1].line(), HasSubstr("there is no such plugin or folder"));
  EXPECT_EQ(found.files.size(), 1U);
}

TEST_F(Discover, RunsNothingThatOthersCouldHavePutThere) {
  const fs::path open_file = folder.script("own/open_file", "");
  ::chmod(open_file.c_str(), 0777);
  folder.script("shared/in_open_folder", "");
  ::chmod((folder.path() / "shared").c_str(), 01777);
  const fs::path link = folder.path() / "own" / "link";
  fs::create_symlink(folder.script("shared/linked", ""), link);

  const FoundPlugins found = find({folder.path() / "own", folder.path() / "shared"});

  EXPECT_THAT(found.files, IsEmpty());
  ASSERT_EQ(found.errors.size(), 3U);
  EXPECT_THAT(found.errors[0].line(), HasSubstr("link: everybody may write to its folder"));
  EXPECT_THAT(found.errors[1].line(), HasSubstr("open_file: everybody may write to this plugin"));
  EXPECT_THAT(found.errors[1].line(), HasSubstr("chmod o-w"));
  EXPECT_THAT(found.errors[2].line(), HasSubstr("in_open_folder: everybody may write to its"));
}

TEST_F(Discover, LoadsNoSharedObjectOfSomebodyElse) {
  const fs::path theirs = folder.file("own/theirs.so", "");
  const fs::path in_their_folder = folder.file("their_folder/mine.so", "");
  const fs::path program = folder.script("their_folder/program", "");
  fs::create_symlink(in_their_folder, folder.path() / "own" / "link.so");
  if (::chown(theirs.c_str(), 12345, 12345) != 0 ||
      ::chown((folder.path() / "their_folder").c_str(), 12345, 12345) != 0) {
    GTEST_SKIP() << "only root can give files away";
  }

  const FoundPlugins found = find({folder.path() / "own", folder.path() / "their_folder"});

  EXPECT_THAT(found.files, ElementsAre(PluginFile{program, PluginFile::Kind::executable}));
  ASSERT_EQ(found.errors.size(), 2U);
  EXPECT_THAT(found.errors[0].line(), HasSubstr("link.so: its folder belongs to somebody else"));
  EXPECT_THAT(found.errors[1].line(), HasSubstr("theirs.so: belongs to somebody else"));
}

TEST_F(Discover, SplitsAPath) {
  EXPECT_THAT(split_plugin_path("/a::/b c:"), ElementsAre("/a", "/b c"));
  EXPECT_THAT(split_plugin_path(""), IsEmpty());
}

TEST_F(Discover, LoadsWhatWorksAndTellsOfTheRest) {
  plugin("good", "mine");
  folder.script("bad", "exit 3");
  folder.file("worse.so", "text");

  const LoadedPlugins loaded = load({folder.path()});

  ASSERT_EQ(loaded.providers.size(), 1U);
  EXPECT_EQ(loaded.providers[0]->capabilities().name, "mine");
  ASSERT_EQ(loaded.errors.size(), 2U);
  EXPECT_THAT(loaded.errors[0].line(), HasSubstr("bad describe: ended with exit code 3"));
  EXPECT_THAT(loaded.errors[1].line(), HasSubstr("worse.so: is not a shared object"));
}

TEST_F(Discover, NamesBothWhenANameIsTaken) {
  const fs::path first = plugin("first", "mine");
  plugin("second", "mine");
  plugin("third", "binance");

  const LoadedPlugins loaded = load({folder.path()}, {"binance"});

  ASSERT_EQ(loaded.providers.size(), 1U);
  ASSERT_EQ(loaded.errors.size(), 2U);
  EXPECT_THAT(loaded.errors[0].line(),
              HasSubstr("second: names itself \"mine\", and so does " + first.string()));
  EXPECT_THAT(loaded.errors[1].line(), HasSubstr("so does a built-in provider"));
}

}  // namespace
}  // namespace chandler::plugin
