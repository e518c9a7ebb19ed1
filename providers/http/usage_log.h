// What was used of one provider's limits lately: the arithmetic of the limits, without files and
// locks.
//
// For each window's length there is a log of (moment, units), oldest first. A limit of at most
// kEntries units keeps every grant by itself and so wastes nothing. Larger ones keep one entry for
// each kEntries-th part of the window, dated at its latest grant: what is older than a window
// leaves a little late, never early.
//
// As text, the whole of a limits file:
//
//   chandler-limits 1
//   blocked UNTIL SINCE          milliseconds since 1970, 0 0: not blocked
//   full MOMENT                  every limit was used up then, for all that is known; 0: never
//   window LENGTH COUNT          milliseconds; then so many lines, oldest first:
//   MOMENT UNITS
//   end
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/provider.h"
#include "http/client.h"

namespace chandler::http {

class UsageLog {
 public:
  static constexpr std::size_t kEntries = 256;

  // Nothing when the text is not what text() writes.
  [[nodiscard]] static std::optional<UsageLog> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  // Makes the log's time fit to `now`, and says which moment it is for the log. Others may have
  // read their clock a little later than we: then it is theirs. Entries from further ahead are
  // those of a clock that was set back: they count as if they were of this moment.
  [[nodiscard]] Moment settle(Moment now);

  // The moment from which `cost` units may be used; `now` or before: they may at once. Precondition
  // of these: `now` is settled; for the first: cost <= units of each limit.
  [[nodiscard]] Moment free_at(std::span<const RateLimit> limits, std::uint32_t cost, Moment now);
  void take(std::span<const RateLimit> limits, std::uint32_t units, Moment now);
  // What was taken then, and not used after all. Where the log no longer knows of it, it stays.
  void give_back(std::span<const RateLimit> limits, std::uint32_t units, Moment taken, Moment now);
  // Raises what counts as used to `used`, or to the whole limit when that is less. False: it was
  // that much already.
  bool raise(const RateLimit& limit, std::uint32_t used, Moment now);
  // Whether raise() would change nothing. `now` need not be settled: entries from ahead of it do not
  // count.
  [[nodiscard]] bool covers(const RateLimit& limit, std::uint32_t used, Moment now) const;
  void block(Moment until, Moment now);
  // For when it is not known what was used: all there is, at this moment.
  void use_up(Moment now);

 private:
  struct Entry {
    Moment at;
    std::uint32_t units = 0;
  };
  struct Window {
    std::chrono::milliseconds length;
    std::vector<Entry> entries;
  };
  [[nodiscard]] Window& window(const RateLimit& limit, Moment now);
  static void add(Window& window, const RateLimit& limit, Entry entry);
  [[nodiscard]] Moment newest() const;

  Moment blocked_until_{};
  Moment blocked_since_{};
  Moment full_at_{};  // the epoch: never
  std::vector<Window> windows_;
};

}  // namespace chandler::http
