// The steps by which a new version of a year becomes the one that everybody reads.
// All under the series lock, all names relative to one descriptor of the timeframe folder.
//
//   2  write .YEAR.csv.gz.NONCE.tmp, sync it, keep it open
//   3  write .YEAR.metadata.json.NONCE.tmp, which names the new version, sync it
//   4  sync the folder: from here on no step needs space
//   5  is the file in place still the base? then rename the data over it
//   6  sync the folder, then the data once more: the commit point
//   7  rename the metadata over the old one; if this gets lost, recovery repeats it
//
// Step 1 (recovery) and step 8 (unlocking) are the caller's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/folder.h"
#include "store/year_draft.h"

namespace chandler::store {

enum class Durability : std::uint8_t {
  full,   // survives a power cut once reported
  whole,  // never torn, but may be lost: for what can be made again
};

struct CommitRequest {
  const Folder* folder = nullptr;
  int year = 0;
  std::optional<FileIdentity>
      base;  // of the version the draft was made from; nothing for a new file
  const YearDraft* draft = nullptr;  // nullptr: only the metadata changes
  std::string metadata{};
  Durability durability = Durability::full;
};

struct CommitOutcome {
  bool base_changed = false;             // nothing was done: somebody else was here; start over
  std::optional<std::string> warning{};  // the data is committed, something after it failed
};

[[nodiscard]] Result<CommitOutcome> commit_year(const CommitRequest& request);

[[nodiscard]] std::string data_temporary(int year, const std::string& nonce);
[[nodiscard]] std::string metadata_temporary(int year, const std::string& nonce);
[[nodiscard]] std::string make_nonce();

// Written whole under a name nobody reads, then renamed. Not synced: for what can be made again.
[[nodiscard]] Result<void> replace_file(const Folder& folder, const std::string& name,
                                        const std::string& text);

}  // namespace chandler::store
