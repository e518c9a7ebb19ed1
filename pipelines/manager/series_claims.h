// Which series some thread of this process is about to fetch: whoever misses the same ones waits
// for it instead of fetching them, too.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <utility>
#include <vector>

#include "chandler/cache.h"

namespace chandler {

// Safe from several threads. Must outlive its claims.
class SeriesClaims {
 public:
  class Claim {
   public:
    Claim(SeriesClaims& claims, std::set<SeriesId> series)
        : claims_(&claims), series_(std::move(series)) {}
    Claim(Claim&& o) noexcept
        : claims_(std::exchange(o.claims_, nullptr)), series_(std::move(o.series_)) {}
    Claim& operator=(Claim&&) = delete;
    ~Claim() {
      if (claims_ != nullptr) claims_->release(series_);
    }

   private:
    SeriesClaims* claims_;
    std::set<SeriesId> series_;
  };

  // All at once, so that no two threads wait for each other. Nothing when it was stopped.
  // Precondition: the thread holds no claim.
  [[nodiscard]] std::optional<Claim> take(std::set<SeriesId> series, const std::stop_token& stop);
  // How many claims have been given back: has anybody committed since?
  [[nodiscard]] std::uint64_t released() const;

 private:
  void release(const std::set<SeriesId>& series);

  mutable std::mutex guard_;
  std::condition_variable_any given_back_;
  std::set<SeriesId> taken_;
  std::uint64_t released_ = 0;
};

}  // namespace chandler
