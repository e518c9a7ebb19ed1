// Listings on disk: CACHE/_metadata/listings/PROVIDER.json, one instrument a line.
//
//   {"schema_version": 1, "provider": "binance", "fetched_at": "2024-05-01T12:00:00", "listed": [
//   {"symbol": "BTCUSDT", "class": "crypto", "base": "BTC", "quote": "USDT", "exchange":
//   "binance"},
//   {"symbol": "LUNAUSDT", ..., "trading": false}
//   ]}
//
// What is empty is left out, and so is "trading" where it is true. A file is replaced whole; it may
// be deleted at any time, and is fetched again by `chandler select --refresh`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "chandler/file_system.h"
#include "chandler/result.h"
#include "chandler/time.h"
#include "selector/listings.h"

namespace chandler {

[[nodiscard]] std::string print_listing(const Listing& listing);
// `where` names the file in the error (kind damaged or newer_schema).
[[nodiscard]] Result<Listing> parse_listing(const std::string& text, const std::string& where);

class ListingFiles {
 public:
  // `files` and `clock` must outlive it.
  explicit ListingFiles(std::filesystem::path cache_root, FileSystem& files = FileSystem::system(),
                        const Clock& clock = Clock::system())
      : root_(std::move(cache_root)), files_(&files), clock_(&clock) {}

  // Makes the folders, the cache's own included.
  [[nodiscard]] Result<void> write(const Listing& listing) const;

  struct Read {
    std::vector<Listing> listings{};
    std::vector<Error> problems{};  // files that were passed over
  };
  // Nothing where there is no cache.
  [[nodiscard]] Read read_all() const;

 private:
  std::filesystem::path root_;
  FileSystem* files_;
  const Clock* clock_;
};

}  // namespace chandler
