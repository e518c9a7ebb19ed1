#include "store/commit.h"

#include <sys/statvfs.h>

#include <random>

namespace chandler::store {
namespace {

// Removes the temporary when it goes out of scope, unless it was renamed.
class Temporary {
 public:
  static Result<Temporary> make(const Folder& folder, std::string name) {
    CHANDLER_TRY(File file, folder.create_new(name));
    return Temporary(folder, std::move(name), std::move(file));
  }
  Temporary(Temporary&& o) noexcept
      : folder_(o.folder_),
        name_(std::move(o.name_)),
        file_(std::move(o.file_)),
        done_(std::exchange(o.done_, true)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  Temporary& operator=(Temporary&&) = delete;
  ~Temporary() {
    // What cannot be removed now is removed by the next recovery.
    if (!done_) static_cast<void>(folder_->remove_file(name_));
  }

  [[nodiscard]] File& file() { return file_; }
  void leave() { done_ = true; }  // as a redo record for the next recovery

  Result<void> rename_to(const std::string& final_name) {
    CHANDLER_CHECK(folder_->rename(name_, final_name));
    done_ = true;
    return {};
  }

 private:
  Temporary(const Folder& folder, std::string name, File file)
      : folder_(&folder), name_(std::move(name)), file_(std::move(file)) {}
  const Folder* folder_;
  std::string name_;
  File file_;
  bool done_ = false;
};

// Says how much was needed and how much there is.
Error with_space(Error e, const Folder& folder, std::uint64_t needed) {
  struct statvfs space {};
  if (e.kind != ErrorKind::no_space || ::fstatvfs(folder.descriptor(), &space) != 0) return e;
  const auto free = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
  e.what += " (" + std::to_string(needed) + " bytes needed, " + std::to_string(free) + " free)";
  return e;
}

Result<void> write_data(File& file, const YearDraft& draft) {
  for (const DraftBlock& block : draft.blocks) {
    if (!block.kept) {
      CHANDLER_CHECK(file.write_all(block.member));
      continue;
    }
    // Checked against the old end mark while it passes: damage is never sealed anew.
    CHANDLER_TRY(const Bytes member, draft.old->member(block.place));
    CHANDLER_CHECK(file.write_all(member));
  }
  CHANDLER_CHECK(file.write_all(encode_end_mark(draft.mark())));
  return file.sync();
}

Result<void> write_metadata(File& file, const std::string& text) {
  CHANDLER_CHECK(file.write_all(text));
  return file.sync();
}

Result<CommitOutcome> commit_metadata_only(const CommitRequest& r) {
  CHANDLER_TRY(Temporary metadata,
               Temporary::make(*r.folder, metadata_temporary(r.year, make_nonce())));
  if (auto w = write_metadata(metadata.file(), r.metadata); !w) {
    return with_space(std::move(w).error(), *r.folder, r.metadata.size());
  }
  // The history of a version that is no longer there must not replace the one of what is.
  CHANDLER_TRY(const std::optional<FileIdentity> there, r.folder->identity_of(data_name(r.year)));
  if (there != r.base) return CommitOutcome{.base_changed = true, .warning = {}};
  CHANDLER_CHECK(metadata.rename_to(metadata_name(r.year)));
  if (r.durability == Durability::full) CHANDLER_CHECK(r.folder->sync());
  return CommitOutcome{};
}

}  // namespace

std::string data_temporary(int year, const std::string& nonce) {
  return "." + data_name(year) + "." + nonce + ".tmp";
}
std::string metadata_temporary(int year, const std::string& nonce) {
  return "." + metadata_name(year) + "." + nonce + ".tmp";
}

std::string make_nonce() {
  std::random_device random;
  std::string nonce;
  for (int i = 0; i < 8; ++i) nonce += "0123456789abcdef"[random() % 16];
  return nonce;
}

Result<void> replace_file(const Folder& folder, const std::string& name, const std::string& text) {
  const std::string temporary = "." + name + "." + make_nonce() + ".tmp";
  CHANDLER_TRY(File file, folder.create_new(temporary));
  auto written = file.write_all(text);
  if (written) written = file.close();
  if (written) written = folder.rename(temporary, name);
  if (!written) static_cast<void>(folder.remove_file(temporary));
  return written;
}

Result<CommitOutcome> commit_year(const CommitRequest& r) {
  if (r.draft == nullptr) return commit_metadata_only(r);
  const Folder& folder = *r.folder;
  const std::string nonce = make_nonce();
  std::uint64_t needed = r.metadata.size();
  for (const DraftBlock& b : r.draft->blocks) needed += b.info.member_size;

  CHANDLER_TRY(Temporary data, Temporary::make(folder, data_temporary(r.year, nonce)));
  if (auto w = write_data(data.file(), *r.draft); !w)
    return with_space(std::move(w).error(), folder, needed);
  CHANDLER_TRY(Temporary metadata, Temporary::make(folder, metadata_temporary(r.year, nonce)));
  if (auto w = write_metadata(metadata.file(), r.metadata); !w) {
    return with_space(std::move(w).error(), folder, needed);
  }
  if (r.durability == Durability::full) CHANDLER_CHECK(folder.sync());

  CHANDLER_TRY(const std::optional<FileIdentity> there, folder.identity_of(data_name(r.year)));
  if (there != r.base) return CommitOutcome{.base_changed = true, .warning = {}};
  CHANDLER_CHECK(data.rename_to(data_name(r.year)));

  if (r.durability == Durability::full) {
    auto synced = folder.sync();
    if (synced) synced = data.file().sync();
    if (!synced) {
      Error e = std::move(synced).error();
      e.what += "; the new version is visible, but may not survive a power cut";
      e.hint = "check the disk, then run the same command again";
      metadata.leave();
      return e;
    }
  }
  CommitOutcome outcome;
  if (auto renamed = metadata.rename_to(metadata_name(r.year)); !renamed) {
    metadata.leave();  // the history of this version stands nowhere else
    outcome.warning =
        renamed.error().line() + " (the bars are committed; the next write mends the metadata)";
  }
  return outcome;
}

}  // namespace chandler::store
