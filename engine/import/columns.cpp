#include "import/columns.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

namespace chandler::foreign {
namespace {

using Names = std::span<const std::string_view>;

// Other people's words for ours; where a header has several of them, the first here is taken.
constexpr std::array<std::string_view, 17> kTimestamp = {
    "unix",     "unix_timestamp", "unix_time", "epoch",        "timestamp", "open_time",
    "opentime", "time_open",      "datetime",  "date_time",    "ts",        "timestamp_utc",
    "gmt_time", "utc_time",       "utc",       "window_start", "time_utc"};
constexpr std::array<std::string_view, 3> kDate = {"date", "day", "trade_date"};
constexpr std::array<std::string_view, 2> kClock = {"time", "t"};
constexpr std::array<std::string_view, 4> kOpen = {"open", "o", "open_price", "price_open"};
constexpr std::array<std::string_view, 4> kHigh = {"high", "h", "high_price", "price_high"};
constexpr std::array<std::string_view, 4> kLow = {"low", "l", "low_price", "price_low"};
constexpr std::array<std::string_view, 7> kClose = {
    "close", "c", "close_price", "price_close", "last", "close_last", "last_price"};
constexpr std::array<std::string_view, 7> kVolume = {
    "volume", "vol", "v", "base_volume", "volume_base", "volume_traded", "tickvol"};
constexpr std::array<std::string_view, 4> kAdjClose = {"adj_close", "adjusted_close", "adjclose",
                                                       "adjusted_close_price"};
constexpr std::array<std::string_view, 3> kVwap = {"vwap", "vw", "weighted_average"};
constexpr std::array<std::string_view, 9> kTradeCount = {
    "trade_count",      "count",      "trades",       "n_trades",    "num_trades",
    "number_of_trades", "tradecount", "trades_count", "transactions"};
constexpr std::array<std::string_view, 8> kTurnover = {
    "turnover",    "quote_volume", "quote_asset_volume", "volume_quote",
    "quotevolume", "volume_usdt",  "volume_usd",         "volume_usdc"};

constexpr std::array<Names, kSlotCount + 1> kAliases = {
    kTimestamp, kClock,    kOpen, kHigh,       kLow,      kClose,
    kVolume,    kAdjClose, kVwap, kTradeCount, kTurnover, kDate};

std::string_view key_of(std::size_t slot) {
  if (slot == kTimestampSlot) return "timestamp";
  if (slot == kClockSlot) return "time";
  if (slot == kDateKey) return "date";
  return to_string(kAllColumns[slot - kFirstColumnSlot]);
}

Error usage(const std::string& what) {
  return {ErrorKind::usage, what, "",
          "a mapping looks like timestamp=0,open=1 or timestamp=Date,open=Open; keys are timestamp "
          "date time open high "
          "low close volume adj_close vwap trade_count turnover"};
}

std::optional<std::size_t> as_position(std::string_view text) {
  std::size_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (code != std::errc{} || stop != end) return {};
  return value;
}

// The fields of the line that are still free, by name.
class Fields {
 public:
  explicit Fields(const std::vector<std::string>& names) : taken_(names.size(), kNoSlot) {
    for (const std::string& name : names) names_.push_back(normalised(name));
  }

  Result<std::optional<std::size_t>> find(std::string_view name) const {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] != name || taken_[i] != kNoSlot) continue;
      if (found) {
        return Error{ErrorKind::data, "two columns are named \"" + printable(names_[i]) + "\"", "",
                     "say which by position: --mapping " + printable(names_[i]) + "=" +
                         std::to_string(*found)};
      }
      found = i;
    }
    return found;
  }

  Result<std::optional<std::size_t>> find_any(Names aliases) const {
    for (const std::string_view alias : aliases) {
      CHANDLER_TRY(const auto found, find(alias));
      if (found) return found;
    }
    return std::optional<std::size_t>{};
  }

  template <class Predicate>
  [[nodiscard]] std::optional<std::size_t> find_if(Predicate wanted) const {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (taken_[i] == kNoSlot && wanted(names_[i])) return i;
    }
    return {};
  }

  Result<void> take(std::size_t position, std::size_t slot) {
    const std::string key(key_of(slot));
    if (position >= taken_.size()) {
      return usage(key + " is mapped to column " + std::to_string(position) +
                   ", but the line has " + std::to_string(taken_.size()) +
                   " columns (counted from 0)");
    }
    if (taken_[position] != kNoSlot)
      return usage("column " + std::to_string(position) + " is mapped twice");
    taken_[position] = static_cast<int>(slot == kDateKey ? kTimestampSlot : slot);
    return {};
  }

  [[nodiscard]] const std::vector<int>& order() const { return taken_; }
  [[nodiscard]] bool has(std::size_t slot) const {
    return std::find(taken_.begin(), taken_.end(), static_cast<int>(slot)) != taken_.end();
  }
  [[nodiscard]] const std::string& name_of(std::size_t slot) const {
    const auto at =
        std::find(taken_.begin(), taken_.end(), static_cast<int>(slot)) - taken_.begin();
    return names_[static_cast<std::size_t>(at)];
  }
  [[nodiscard]] std::string listed() const {
    std::string text;
    for (const std::string& name : names_)
      text += (text.empty() ? "" : ", ") + (name.empty() ? "?" : name);
    return printable(text);
  }

 private:
  std::vector<std::string> names_;
  std::vector<int> taken_;
};

Result<void> take_mapped(Fields& fields, const Mapping& mapping) {
  for (std::size_t slot = 0; slot < mapping.size(); ++slot) {
    const MappedSlot& said = mapping[slot];
    if (!said.said || said.none) continue;
    std::optional<std::size_t> at = said.position;
    if (!at) {
      CHANDLER_TRY(at, fields.find(normalised(said.name)));
      if (!at) {
        return Error{ErrorKind::usage, "there is no column \"" + printable(said.name) + "\"", "",
                     "the columns are " + fields.listed()};
      }
    }
    CHANDLER_CHECK(fields.take(*at, slot));
  }
  return {};
}

Result<void> take_named(Fields& fields, const Mapping& mapping, std::size_t slot) {
  if (mapping[slot].said) return {};
  CHANDLER_TRY(const auto at, fields.find_any(kAliases[slot]));
  if (at) return fields.take(*at, slot);
  return {};
}

// A timestamp of its own, else a date with a time of day beside it, else a date or a time alone.
Result<void> take_time(Fields& fields, const Mapping& mapping) {
  const bool in_halves = mapping[kDateKey].said || mapping[kClockSlot].said;
  if (!in_halves) {
    CHANDLER_CHECK(take_named(fields, mapping, kTimestampSlot));
    if (fields.has(kTimestampSlot)) return {};
  }
  CHANDLER_CHECK(take_named(fields, mapping, kDateKey));
  if (fields.has(kTimestampSlot)) return take_named(fields, mapping, kClockSlot);
  if (in_halves) return {};
  CHANDLER_TRY(const auto alone, fields.find_any(kAliases[kClockSlot]));
  if (alone) return fields.take(*alone, kTimestampSlot);
  return {};
}

// "Volume ETH": the volume in whatever is traded, unless it is known as the one in money.
Result<void> take_volume_of(Fields& fields) {
  const auto at = fields.find_if([](const std::string& name) {
    return name.starts_with("volume_") &&
           std::find(kTurnover.begin(), kTurnover.end(), name) == kTurnover.end();
  });
  if (at) return fields.take(*at, slot_of(Column::volume));
  return {};
}

}  // namespace

std::string normalised(std::string_view name) {
  std::string text;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    const bool word =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80U;
    if (word) {
      text += c;
    } else if (!text.empty() && text.back() != '_') {
      text += '_';
    }
  }
  if (!text.empty() && text.back() == '_') text.pop_back();
  return text;
}

Result<Mapping> parse_mapping(std::string_view text) {
  Mapping mapping;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view part = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || trimmed(part.substr(equals + 1)).empty()) {
      return usage('"' + printable(std::string(part)) + "\" is no part of a mapping");
    }
    const std::string key = normalised(part.substr(0, equals));
    const std::string_view value = trimmed(part.substr(equals + 1));
    std::size_t slot = 0;
    while (slot < mapping.size() && key_of(slot) != key) ++slot;
    if (slot == mapping.size())
      return usage("there is no column \"" + printable(key) + "\" in a bar");
    if (mapping[slot].said) return usage(key + " is mapped twice");
    mapping[slot] = {true, value == "none", as_position(value), std::string(value)};
  }
  if (mapping[kTimestampSlot].said && (mapping[kDateKey].said || mapping[kClockSlot].said)) {
    return usage("timestamp and date or time are mapped at once");
  }
  return mapping;
}

bool says_anything(const Mapping& mapping) {
  return std::any_of(mapping.begin(), mapping.end(),
                     [](const MappedSlot& slot) { return slot.said; });
}

Result<ColumnPlan> plan_columns(const std::vector<std::string>& names, const Mapping& mapping) {
  Fields fields(names);
  CHANDLER_CHECK(take_mapped(fields, mapping));
  CHANDLER_CHECK(take_time(fields, mapping));
  for (std::size_t slot = kFirstColumnSlot; slot < kSlotCount; ++slot) {
    CHANDLER_CHECK(take_named(fields, mapping, slot));
  }
  const std::size_t volume = slot_of(Column::volume);
  if (!mapping[volume].said && !fields.has(volume)) CHANDLER_CHECK(take_volume_of(fields));

  ColumnPlan plan;
  plan.order = fields.order();
  plan.has_clock = fields.has(kClockSlot);
  plan.has_volume = !mapping[volume].none;
  for (std::size_t slot = 0; slot < kSlotCount; ++slot) {
    if (slot == kClockSlot || fields.has(slot)) continue;
    if (slot == volume && !plan.has_volume) continue;
    if (slot >= kFirstColumnSlot + kRequiredColumns) break;
    std::string hint =
        "say where it is: --mapping " + std::string(key_of(slot)) + "=NAME or =POSITION";
    if (slot == volume) hint += ", or volume=none";
    return Error{ErrorKind::data,
                 "no column is known as " + std::string(key_of(slot)) + " among " + fields.listed(),
                 "", hint};
  }
  for (const Column c : kAllColumns) {
    if (fields.has(slot_of(c))) plan.columns.add(c);
  }
  plan.time_name = fields.name_of(kTimestampSlot);
  return plan;
}

}  // namespace chandler::foreign
