#include "http/usage_log.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace chandler::http {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLittle{
    5000};                        // what a clock is set back in its daily corrections, and more
constexpr milliseconds kTick{1};  // moments are cut to it, so windows are that much longer
constexpr std::size_t kMostWindows = 16;
constexpr std::string_view kFirstLine = "chandler-limits 1";

std::int64_t number(Moment moment) { return moment.time_since_epoch().count(); }

std::uint32_t sum(std::uint32_t a, std::uint32_t b) {
  constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
  return a > kMost - b ? kMost : a + b;
}

// Reads lines made of words and numbers.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  // The next line's numbers, after `word` (which may be empty); false when it is another line.
  bool line(std::string_view word, std::span<std::int64_t> numbers) {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return false;
    std::string_view text = rest_.substr(0, end);
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (i > 0 || !word.empty()) {
        if (!text.starts_with(' ')) return false;
        text.remove_prefix(1);
      }
      const char* const last = text.data() + text.size();
      const auto [stop, failed] = std::from_chars(text.data(), last, numbers[i]);
      if (failed != std::errc{} || numbers[i] < 0) return false;
      text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    }
    if (!text.empty()) return false;
    rest_.remove_prefix(end + 1);
    return true;
  }
  [[nodiscard]] bool at_end() const {
    return rest_.find_first_not_of('\n') == std::string_view::npos;
  }

 private:
  std::string_view rest_;
};

constexpr std::int64_t kLastMoment = 253'402'300'800'000;  // year 10000

}  // namespace

std::optional<UsageLog> UsageLog::parse(std::string_view text) {
  LineReader reader(text);
  UsageLog log;
  std::array<std::int64_t, 2> n{};
  if (!reader.line(kFirstLine, {}) || !reader.line("blocked", n)) return {};
  if (n[0] > kLastMoment || n[1] > kLastMoment) return {};
  log.blocked_until_ = Moment{milliseconds{n[0]}};
  log.blocked_since_ = Moment{milliseconds{n[1]}};
  std::array<std::int64_t, 1> full{};
  if (!reader.line("full", full) || full[0] > kLastMoment) return {};
  log.full_at_ = Moment{milliseconds{full[0]}};
  while (reader.line("window", n)) {
    const auto [length, count] = n;
    if (log.windows_.size() == kMostWindows || length == 0 || length > kLastMoment) return {};
    if (count > static_cast<std::int64_t>(kEntries)) return {};
    Window window{milliseconds{length}, {}};
    for (std::int64_t i = 0; i < count; ++i) {
      if (!reader.line("", n) || n[0] > kLastMoment || n[1] > UINT32_MAX) return {};
      const Moment at{milliseconds{n[0]}};
      if (!window.entries.empty() && at < window.entries.back().at) return {};
      window.entries.push_back({at, static_cast<std::uint32_t>(n[1])});
    }
    log.windows_.push_back(std::move(window));
  }
  if (!reader.line("end", {}) || !reader.at_end()) return {};
  return log;
}

std::string UsageLog::text() const {
  std::string out(kFirstLine);
  out += "\nblocked " + std::to_string(number(blocked_until_)) + " " +
         std::to_string(number(blocked_since_)) + "\nfull " + std::to_string(number(full_at_)) +
         "\n";
  for (const Window& window : windows_) {
    out += "window " + std::to_string(window.length.count()) + " " +
           std::to_string(window.entries.size()) + "\n";
    for (const Entry& entry : window.entries)
      out += std::to_string(number(entry.at)) + " " + std::to_string(entry.units) + "\n";
  }
  return out + "end\n";
}

Moment UsageLog::newest() const {
  Moment newest = std::max(blocked_since_, full_at_);
  for (const Window& window : windows_) {
    if (!window.entries.empty()) newest = std::max(newest, window.entries.back().at);
  }
  return newest;
}

Moment UsageLog::settle(Moment now) {
  const Moment last = newest();
  if (last <= now) return now;
  if (last - now <= kLittle) return last;
  for (Window& window : windows_) {
    for (Entry& entry : window.entries) entry.at = std::min(entry.at, now);
  }
  full_at_ = std::min(full_at_, now);
  if (blocked_since_ > now) {
    blocked_until_ -= blocked_since_ - now;
    blocked_since_ = now;
  }
  return now;
}

UsageLog::Window& UsageLog::window(const RateLimit& limit, Moment now) {
  const milliseconds length = limit.window;
  auto found = std::find_if(windows_.begin(), windows_.end(),
                            [&](const Window& w) { return w.length == length; });
  if (found == windows_.end()) {
    if (windows_.size() == kMostWindows) windows_.erase(windows_.begin());
    windows_.push_back({length, {}});
    if (full_at_ != Moment{}) windows_.back().entries.push_back({full_at_, limit.units});
    found = windows_.end() - 1;
  }
  auto& entries = found->entries;
  entries.erase(entries.begin(), std::find_if(entries.begin(), entries.end(), [&](const Entry& e) {
                  return e.at + length + kTick > now;
                }));
  return *found;
}

Moment UsageLog::free_at(std::span<const RateLimit> limits, std::uint32_t cost, Moment now) {
  Moment free = std::max(now, blocked_until_);
  for (const RateLimit& limit : limits) {
    const Window& log = window(limit, now);
    std::uint64_t used = cost;
    for (const Entry& entry : log.entries) used += entry.units;
    for (const Entry& entry : log.entries) {
      if (used <= limit.units) break;
      used -= entry.units;
      free = std::max(free, entry.at + log.length + kTick);
    }
  }
  return free;
}

void UsageLog::add(Window& window, const RateLimit& limit, Entry entry) {
  auto& entries = window.entries;
  const bool coarse = limit.units > kEntries;
  // One part less than there are entries: a window touches one more part than it is long.
  const milliseconds part{(window.length.count() + static_cast<std::int64_t>(kEntries) - 3) /
                          (static_cast<std::int64_t>(kEntries) - 2)};
  if (!entries.empty() &&
      (entries.back().at == entry.at ||
       (coarse && number(entries.back().at) / part.count() == number(entry.at) / part.count()))) {
    entries.back() = {entry.at, sum(entries.back().units, entry.units)};
    return;
  }
  entries.push_back(entry);
  if (entries.size() <= kEntries) return;
  // Only when the limit was another before.
  entries[1].units = sum(entries[0].units, entries[1].units);
  entries.erase(entries.begin());
}

void UsageLog::take(std::span<const RateLimit> limits, std::uint32_t units, Moment now) {
  if (units == 0) return;
  for (const RateLimit& limit : limits) add(window(limit, now), limit, {now, units});
}

// A coarse log has put what came later to it, and dates it by that.
void UsageLog::give_back(std::span<const RateLimit> limits, std::uint32_t units, Moment taken,
                         Moment now) {
  for (const RateLimit& limit : limits) {
    auto& entries = window(limit, now).entries;
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry.at >= taken; });
    if (found == entries.end()) continue;
    found->units -= std::min(found->units, units);
    if (found->units == 0) entries.erase(found);
  }
}

bool UsageLog::raise(const RateLimit& limit, std::uint32_t used, Moment now) {
  Window& log = window(limit, now);
  std::uint64_t ours = 0;
  for (const Entry& entry : log.entries) ours += entry.units;
  const std::uint64_t theirs = std::min(used, limit.units);
  if (theirs <= ours) return false;
  add(log, limit, {now, static_cast<std::uint32_t>(theirs - ours)});
  return true;
}

bool UsageLog::covers(const RateLimit& limit, std::uint32_t used, Moment now) const {
  std::uint64_t ours = 0;
  for (const Window& window : windows_) {
    if (window.length != limit.window) continue;
    for (const Entry& entry : window.entries) {
      if (entry.at <= now && entry.at + window.length + kTick > now) ours += entry.units;
    }
  }
  return std::min(used, limit.units) <= ours;
}

void UsageLog::block(Moment until, Moment now) {
  if (until <= std::max(blocked_until_, now)) return;
  blocked_until_ = until;
  blocked_since_ = now;
}

void UsageLog::use_up(Moment now) {
  windows_.clear();
  full_at_ = now;
}

}  // namespace chandler::http
