#include "manager/series_claims.h"

#include <algorithm>

namespace chandler {

std::optional<SeriesClaims::Claim> SeriesClaims::take(std::set<SeriesId> series,
                                                      const std::stop_token& stop) {
  std::unique_lock lock(guard_);
  const bool free = given_back_.wait(lock, stop, [&] {
    return std::none_of(series.begin(), series.end(),
                        [&](const SeriesId& id) { return taken_.contains(id); });
  });
  if (!free) return {};
  taken_.insert(series.begin(), series.end());
  return std::optional<Claim>{std::in_place, *this, std::move(series)};
}

std::uint64_t SeriesClaims::released() const {
  const std::lock_guard hold(guard_);
  return released_;
}

void SeriesClaims::release(const std::set<SeriesId>& series) {
  {
    const std::lock_guard hold(guard_);
    for (const SeriesId& id : series) taken_.erase(id);
    ++released_;
  }
  given_back_.notify_all();
}

}  // namespace chandler
