#include "store/lock.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "store/year_file.h"

namespace chandler::store {
namespace {

constexpr std::chrono::milliseconds kPause{50};
constexpr int kPauses = 600;  // 30 s

std::string command_line() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string text(256, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  for (char& c : text) {
    if (c == '\0') c = ' ';
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

std::string lock_card(const Clock& clock) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
  return "pid " + std::to_string(::getpid()) + " on " + host.data() + ", since " +
         format_iso(clock.now()) + ", " + command_line() + "\n";
}

namespace {

struct Opened {
  Folder parent;
  Folder folder;
  File file;
};

Result<Opened> open_lock_file(const LockRequest& r) {
  const std::string symbol = r.series.symbol.folder();
  const std::string timeframe(to_string(r.series.timeframe));
  CHANDLER_TRY(Folder parent,
               r.make_folders ? r.root->make_folder(symbol) : r.root->open_folder(symbol));
  CHANDLER_TRY(Folder folder,
               r.make_folders ? parent.make_folder(timeframe) : parent.open_folder(timeframe));
  CHANDLER_TRY(File file, folder.open_lock(kLockName));
  return Opened{std::move(parent), std::move(folder), std::move(file)};
}

// The lock is good only if what is held is still what lies at the path: `rm` may have taken the
// folder away meanwhile.
Result<bool> still_in_place(const Opened& o) {
  CHANDLER_TRY(const FileIdentity held, o.file.identity());
  CHANDLER_TRY(const std::optional<FileIdentity> there, o.folder.identity_of(kLockName));
  return there && there->inode == held.inode && there->device == held.device;
}

Error held_by_another(const Opened& o) {
  auto text = o.file.read_all(4096);
  std::string who = text ? printable(*text) : "";
  who.erase(who.find_last_not_of('?') + 1);  // the line feed it ends with
  return {ErrorKind::locked, "another writer holds it: " + (who.empty() ? "unknown" : who),
          o.folder.shown(), "wait for it to end, then run the same command again"};
}

// Whoever made the folders may have died, or failed, before it synced them: then everything below
// would be lost with them. Where there is data, somebody has committed and thus synced before.
Result<void> sync_new_folders(const Folder& root, const Opened& o) {
  CHANDLER_TRY(const std::vector<std::string> names, o.folder.names());
  if (std::any_of(names.begin(), names.end(),
                  [](const std::string& name) { return year_of_data_name(name).has_value(); })) {
    return {};
  }
  CHANDLER_CHECK(root.sync());
  return o.parent.sync();
}

}  // namespace

Result<SeriesLock> SeriesLock::take(const LockRequest& request) {
  int pauses = 0;
  for (;;) {
    auto opened = open_lock_file(request);
    if (!opened && opened.error().kind == ErrorKind::not_found && request.make_folders &&
        pauses < kPauses) {
      ++pauses;  // removed between two steps: make it again
      request.clock->pause(std::chrono::milliseconds{1});
      continue;
    }
    if (!opened) return std::move(opened).error();
    for (;;) {
      auto locked = opened->file.try_lock();
      if (!locked && locked.error().kind == ErrorKind::unsupported && request.optimistic) {
        return SeriesLock(std::move(opened->parent), std::move(opened->folder), {});
      }
      if (!locked) return std::move(locked).error();
      if (*locked) break;
      if (++pauses > kPauses) return held_by_another(*opened);
      request.clock->pause(kPause);
    }
    CHANDLER_TRY(const bool good, still_in_place(*opened));
    if (!good) {
      if (++pauses > kPauses) return held_by_another(*opened);
      request.clock->pause(std::chrono::milliseconds{1});
      continue;
    }
    if (request.make_folders) CHANDLER_CHECK(sync_new_folders(*request.root, *opened));
    // A card that cannot be written (full disk) takes nothing away from the lock.
    if (opened->file.truncate_to_nothing())
      static_cast<void>(opened->file.write_all(lock_card(*request.clock)));
    return SeriesLock(std::move(opened->parent), std::move(opened->folder),
                      std::move(opened->file));
  }
}

}  // namespace chandler::store
