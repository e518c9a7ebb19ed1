#include "store/folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

#include "parts_support.h"

namespace chandler::store {
namespace {

using test::Call;
using test::Effect;
using test::FaultyFileSystem;
using test::SeriesFolder;

std::string text_of(const Folder& folder, const std::string& name) {
  const auto file = folder.open_file(name);
  return file ? *file->read_all(1 << 20) : file.error().line();
}

TEST(IoError, SaysWhatWhereAndWhatNext) {
  EXPECT_EQ(io_error(ENOSPC, "writing", "BTCUSDT/1m/2024.csv.gz").line(),
            "BTCUSDT/1m/2024.csv.gz: writing: No space left on device; free some space and run the "
            "same command again");
  for (const int number :
       {EIO, ENOSPC, EDQUOT, EFBIG, EROFS, EACCES, EPERM, EMFILE, EINTR, ENOTEMPTY})
    EXPECT_NE(io_error(number, "writing", "x").hint, "") << number;
}

TEST(IoError, TellsKindsApart) {
  const std::pair<int, ErrorKind> kinds[] = {
      {ENOENT, ErrorKind::not_found}, {ESTALE, ErrorKind::not_found}, {ENOSPC, ErrorKind::no_space},
      {EDQUOT, ErrorKind::no_space},  {EFBIG, ErrorKind::no_space},   {EROFS, ErrorKind::read_only},
      {EACCES, ErrorKind::read_only}, {EPERM, ErrorKind::read_only},  {EIO, ErrorKind::io},
      {EMFILE, ErrorKind::io}};
  for (const auto& [number, kind] : kinds) EXPECT_EQ(io_error(number, "", "").kind, kind) << number;
}

TEST(Folder, CreatesExclusively) {
  SeriesFolder box;
  box.put("there", "old");

  EXPECT_FALSE(box.folder().create_new("there"));
  auto file = box.folder().create_new("new");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write_all(std::string("text")));
  ASSERT_TRUE(file->sync());
  ASSERT_TRUE(file->close());

  EXPECT_EQ(box.bytes("there"), "old");
  EXPECT_EQ(text_of(box.folder(), "new"), "text");
}

TEST(Folder, ReadsThroughLinksButMakesNothingThroughThem) {
  SeriesFolder box;
  box.put("target", "x");
  std::filesystem::create_symlink("target", box.path() / "link");
  std::filesystem::create_symlink("nothing", box.path() / "dangling");
  std::filesystem::create_directory_symlink("..", box.path() / "up");

  EXPECT_EQ(text_of(box.folder(), "link"), "x");
  EXPECT_TRUE(box.folder().open_folder("up"));
  EXPECT_EQ(box.folder().open_lock("link").error().what, "is a link, a file is expected here");
  EXPECT_FALSE(box.folder().create_new("dangling"));
  EXPECT_FALSE(box.has("nothing"));
}

TEST(Folder, DescriptorsDoNotOutliveAnExec) {
  SeriesFolder box;
  auto file = box.folder().open_lock(".lock");
  ASSERT_TRUE(file);

  EXPECT_NE(::fcntl(box.folder().descriptor(), F_GETFD) & FD_CLOEXEC, 0);
  for (int fd = 3; fd < 64; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    struct stat s {};
    const bool ours = flags >= 0 && ::fstat(fd, &s) == 0 && S_ISREG(s.st_mode) &&
                      s.st_ino == file->identity()->inode;
    EXPECT_TRUE(!ours || (flags & FD_CLOEXEC) != 0) << fd;
  }
}

TEST(Folder, AFolderIsNotTakenForAFile) {
  SeriesFolder box;
  std::filesystem::create_directory(box.path() / "folder");

  EXPECT_EQ(box.folder().open_file("folder").error().what, "is a folder, a file is expected here");
  EXPECT_EQ(box.folder().open_lock("folder").error().what, "is a folder, a file is expected here");
  EXPECT_EQ(box.root().open_folder("BTCUSDT")->open_folder("nothing").error().kind,
            ErrorKind::not_found);
}

TEST(Folder, MakesAFolderOnceAndSyncsItsParent) {
  FaultyFileSystem files;
  SeriesFolder box(files);
  files.clear();

  ASSERT_TRUE(box.folder().make_folder("new"));
  EXPECT_EQ(files.count(Call::sync), 1U);
  const auto again = box.folder().make_folder("new");

  ASSERT_TRUE(again);
  EXPECT_EQ(files.count(Call::make_folder), 1U);
  EXPECT_EQ(again->shown(), "BTCUSDT/1m/new");
}

// Whose sync may fail cannot be told as a failure of what was committed before.
TEST(Folder, ADisposableFolderIsMadeWithoutASync) {
  FaultyFileSystem files;
  SeriesFolder box(files);
  files.clear();

  ASSERT_TRUE(box.folder().make_folder("new", Folder::Durable::no));
  EXPECT_TRUE(box.folder().make_folder("new", Folder::Durable::no));

  EXPECT_EQ(files.count(Call::sync), 0U);
  EXPECT_EQ(files.count(Call::make_folder), 1U);
}

TEST(Folder, MakingAFolderMayLoseARaceAndStillGivesIt) {
  FaultyFileSystem files;
  SeriesFolder box(files);
  files.before = [&](const test::CallRecord& r) {
    if (r.call == Call::make_folder) std::filesystem::create_directory(box.path() / "new");
  };

  EXPECT_TRUE(box.folder().make_folder("new"));
}

TEST(Folder, ListsNamesSorted) {
  SeriesFolder box;
  for (const char* name : {"b", ".a", "c"}) box.put(name, "");

  EXPECT_EQ(box.names(), (std::vector<std::string>{".a", "b", "c"}));
}

TEST(Folder, AListingThatFailsIsNotAShortListing) {
  for (const Call call : {Call::open, Call::open_listing, Call::next_entry}) {
    for (const std::size_t ordinal : {0U, 2U}) {
      if (call != Call::next_entry && ordinal > 0) continue;
      FaultyFileSystem files;
      SeriesFolder box(files);
      for (const char* name : {"a", "b", "c"}) box.put(name, "");
      files.clear();
      files.inject({.call = call, .ordinal = ordinal, .error_number = EIO});

      const auto names = box.folder().names();

      ASSERT_FALSE(names) << to_string(call);
      EXPECT_EQ(names.error().kind, ErrorKind::io);
      EXPECT_EQ(names.error().where, "BTCUSDT/1m");
    }
  }
}

TEST(Folder, RemovingWhatIsNotThereIsFine) {
  SeriesFolder box;
  box.put("file", "");
  std::filesystem::create_directory(box.path() / "full");
  box.put("full/file", "");

  EXPECT_TRUE(box.folder().remove_file("file"));
  EXPECT_TRUE(box.folder().remove_file("file"));
  EXPECT_TRUE(box.folder().remove_folder("nothing"));
  EXPECT_FALSE(box.folder().remove_folder("full"));
  EXPECT_FALSE(box.folder().remove_file("full"));
}

TEST(Folder, LinksAndRenames) {
  SeriesFolder box;
  box.put("a", "text");

  ASSERT_TRUE(box.folder().link("a", "b"));
  ASSERT_TRUE(box.folder().rename("a", "c"));

  EXPECT_EQ(box.names(), (std::vector<std::string>{"b", "c"}));
  EXPECT_FALSE(box.folder().link("b", "c")) << "a link replaces nothing";
  EXPECT_EQ(box.folder().rename("nothing", "b").error().where, "BTCUSDT/1m/b");
  EXPECT_EQ(box.bytes("b"), "text");
}

TEST(Folder, ARenameThatHappenedIsDoneWhateverItReports) {
  FaultyFileSystem files;
  SeriesFolder box(files);
  box.put("a", "new");
  box.put("b", "old");
  files.clear();
  files.inject({.call = Call::rename, .effect = Effect::lie, .error_number = EIO});

  EXPECT_TRUE(box.folder().rename("a", "b"));

  EXPECT_EQ(box.bytes("b"), "new");
}

TEST(Folder, ARenameThatDidNotHappenIsNotTakenForDone) {
  FaultyFileSystem files;
  SeriesFolder box(files);
  box.put("a", "new");
  box.put("b", "old");
  files.clear();
  files.inject({.call = Call::rename, .error_number = EIO});

  EXPECT_FALSE(box.folder().rename("a", "b"));
  EXPECT_FALSE(box.folder().rename("vanished", "b"));

  EXPECT_EQ(box.bytes("a"), "new");
  EXPECT_EQ(box.bytes("b"), "old");
}

TEST(Folder, KnowsWhetherItCanBeWritten) {
  FaultyFileSystem files;
  SeriesFolder box(files);
  EXPECT_TRUE(box.folder().check_writable());
  files.clear();
  files.inject({.call = Call::access, .error_number = EROFS});

  const auto writable = box.folder().check_writable();

  ASSERT_FALSE(writable);
  EXPECT_EQ(writable.error().kind, ErrorKind::read_only);
}

TEST(File, ReadsAtMostWhatItWasToldToExpect) {
  SeriesFolder box;
  box.put("file", std::string(100, 'x'));
  const auto file = box.folder().open_file("file");
  ASSERT_TRUE(file);
  std::array<std::byte, 60> part{};

  EXPECT_EQ(file->read_all(100)->size(), 100U);
  EXPECT_EQ(file->read_all(99).error().kind, ErrorKind::damaged);
  EXPECT_TRUE(file->read_exactly(part, 40));
  EXPECT_EQ(file->read_exactly(part, 41).error().kind, ErrorKind::damaged);
  EXPECT_EQ(*file->read_some(part, 90), 10U);
  EXPECT_EQ(*file->read_some(part, 200), 0U);
}

TEST(File, ShortAndInterruptedWritesDoNotShow) {
  for (const Effect effect : {Effect::shorten, Effect::fail}) {
    FaultyFileSystem files;
    SeriesFolder box(files);
    files.clear();
    for (std::size_t n = 0; n < 4; ++n)
      files.inject({.call = Call::write, .ordinal = n, .effect = effect, .error_number = EINTR});
    auto file = box.folder().create_new("file");
    ASSERT_TRUE(file);

    ASSERT_TRUE(file->write_all(std::string("0123456789")));

    EXPECT_EQ(box.bytes("file"), "0123456789");
  }
}

TEST(File, ASyncThatFailsIsNeverTriedAgain) {
  for (const int number : {EIO, EINTR, ENOSPC}) {
    FaultyFileSystem files;
    SeriesFolder box(files);
    auto file = box.folder().create_new("file");
    ASSERT_TRUE(file);
    files.clear();
    files.inject({.call = Call::sync, .error_number = number});

    EXPECT_FALSE(file->sync());

    EXPECT_EQ(files.count(Call::sync), 1U);
  }
}

TEST(File, TheErrorOfACloseCountsButAnInterruptedOneHasHappened) {
  FaultyFileSystem files;
  SeriesFolder box(files);
  auto first = box.folder().create_new("first");
  auto second = box.folder().create_new("second");
  ASSERT_TRUE(first && second);
  files.clear();
  files.inject({.call = Call::close, .ordinal = 0, .error_number = ENOSPC});
  files.inject({.call = Call::close, .ordinal = 1, .error_number = EINTR});

  EXPECT_EQ(first->close().error().kind, ErrorKind::no_space);
  EXPECT_TRUE(second->close());
}

TEST(File, HandlesAreClosedExactlyOnce) {
  FaultyFileSystem files;
  SeriesFolder box(files);
  files.clear();
  {
    auto a = box.folder().create_new("a");
    auto b = box.folder().create_new("b");
    ASSERT_TRUE(a && b);
    *a = std::move(*b);
    auto one = box.folder().open_folder(".");
    auto two = box.folder().open_folder(".");
    ASSERT_TRUE(one && two);
    *one = std::move(*two);
  }

  EXPECT_EQ(files.count(Call::close), files.count(Call::create) + files.count(Call::open));
}

TEST(File, OneHoldsTheLockAndTheOtherLearnsIt) {
  SeriesFolder box;
  auto mine = box.folder().open_lock(".lock");
  auto yours = box.folder().open_lock(".lock");
  ASSERT_TRUE(mine && yours);

  EXPECT_TRUE(*mine->try_lock());
  EXPECT_FALSE(*yours->try_lock());
  mine->unlock();
  EXPECT_TRUE(*yours->try_lock());
}

TEST(File, WithoutLocksItSaysWhatCanBeDone) {
  for (const int number : {ENOLCK, ENOSYS, EOPNOTSUPP, EINVAL}) {
    FaultyFileSystem files;
    SeriesFolder box(files);
    files.inject({.call = Call::lock, .error_number = number});
    auto file = box.folder().open_lock(".lock");
    ASSERT_TRUE(file);

    const auto locked = file->try_lock();

    ASSERT_FALSE(locked);
    EXPECT_EQ(locked.error().kind, ErrorKind::unsupported);
    EXPECT_NE(locked.error().hint.find("optimistic"), std::string::npos);
  }
}

TEST(Folder, InterruptedCallsDoNotShow) {
  FaultyFileSystem files;
  SeriesFolder box(files);
  box.put("a", "text");
  const Call calls[] = {Call::open,        Call::create,  Call::pread,       Call::write,
                        Call::stat,        Call::rename,  Call::link,        Call::unlink,
                        Call::make_folder, Call::lock,    Call::next_entry,  Call::access,
                        Call::truncate,    Call::stat_at, Call::open_listing};
  files.clear();
  for (const Call call : calls) files.inject({.call = call, .ordinal = 0, .error_number = EINTR});

  auto file = box.folder().create_new("b");
  ASSERT_TRUE(file) << file.error().line();
  EXPECT_TRUE(file->write_all(std::string("x")));
  EXPECT_TRUE(file->truncate_to_nothing());
  EXPECT_TRUE(*file->try_lock());
  EXPECT_TRUE(file->identity());
  EXPECT_EQ(text_of(box.folder(), "a"), "text");
  EXPECT_TRUE(box.folder().make_folder("c"));
  EXPECT_TRUE(*box.folder().identity_of("a"));
  EXPECT_TRUE(box.folder().link("a", "d"));
  EXPECT_TRUE(box.folder().rename("d", "e"));
  EXPECT_TRUE(box.folder().remove_file("e"));
  EXPECT_TRUE(box.folder().check_writable());
  EXPECT_EQ(box.folder().names()->size(), 3U);
}

TEST(Folder, TheRootIsMadeThoughInterruptedAndMayBeThereAlready) {
  FaultyFileSystem files;
  const SeriesFolder box(files);
  const std::string root = box.root_path() / "cache";
  files.clear();
  files.inject({.call = Call::make_folder, .ordinal = 0, .error_number = EINTR});

  EXPECT_TRUE(Folder::make_path(files, root));
  EXPECT_TRUE(std::filesystem::is_directory(root));
  EXPECT_TRUE(Folder::make_path(files, root));
  const auto nowhere = Folder::make_path(files, box.root_path() / "a" / "b");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace chandler::store
