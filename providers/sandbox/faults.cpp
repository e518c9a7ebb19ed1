#include "sandbox/faults.h"

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "sandbox/price_walk.h"

namespace chandler::sandbox {
namespace {

// What is drawn for each bar.
enum class Draw : std::uint8_t { hole, null, bad_row, bad_kind, duplicate, conflict, late };

class Dice {
 public:
  Dice(std::string_view symbol, std::uint64_t seed) : seed_(seed) {
    for (const char c : symbol) seed_ = draw(seed_, 0, static_cast<unsigned char>(c));
  }
  [[nodiscard]] std::uint64_t bits(Draw what, Instant slot) const {
    return draw(seed_, static_cast<std::uint64_t>(what) + 1,
                static_cast<std::uint64_t>(epoch_seconds(slot)));
  }
  [[nodiscard]] bool hits(double share, Draw what, Instant slot) const {
    constexpr double kAll = 9007199254740992;  // 2^53
    return share > 0 && bits(what, slot) >> 11U < static_cast<std::uint64_t>(share * kAll);
  }

 private:
  std::uint64_t seed_;
};

void spoil_last(BarSeries& bars, std::uint64_t how) {
  switch (how % 5) {
    case 0:
      bars.high.back() = bars.low.back() / 2;
      break;
    case 1:
      bars.close.back() = std::numeric_limits<double>::quiet_NaN();
      break;
    case 2:
      bars.low.back() = -bars.low.back();
      break;
    case 3:
      bars.volume.back() = -bars.volume.back() - 1;
      break;
    default:
      bars.timestamp.back() += seconds{7};
      break;
  }
}

void blank_last(BarSeries& bars) {
  for (const Column column : kAllColumns) {
    if (!bars.column(column).empty())
      bars.column(column).back() = std::numeric_limits<double>::quiet_NaN();
  }
}

bool out_of_order_after(const Faults& faults, const Dice& dice, const BarSeries& bars,
                        std::size_t i) {
  return i + 1 < bars.size() && dice.hits(faults.shuffled, Draw::late, bars.timestamp[i]);
}

std::optional<double> share_of(std::string_view text) {
  double value = 0;
  const auto [rest, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || rest != text.data() + text.size()) return {};
  if (!(value >= 0 && value <= 1)) return {};
  return value;
}

template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto [rest, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc{} && rest == text.data() + text.size();
}

Error wrong(std::string_view setting, const std::string& hint) {
  return {ErrorKind::usage,
          "\"" + printable(std::string(setting), 60) + "\" is no fault of the sandbox",
          std::string(kFaultsVariable), hint};
}

Result<void> read_outage(std::string_view setting, std::string_view value, Faults& faults) {
  const std::size_t slash = value.find('/');
  const Instant never = Instant{};  // "now" and "-30d" are no fixed times
  const std::string_view to_text = slash == std::string_view::npos ? "" : value.substr(slash + 1);
  const auto fixed = [&](std::string_view text) -> std::optional<Instant> {
    if (text.empty() || text.front() < '0' || text.front() > '9') return {};
    const auto instant = parse_when(text, never);
    return instant ? std::optional(*instant) : std::nullopt;
  };
  const auto from = fixed(value.substr(0, slash));
  const auto to = fixed(to_text);
  if (!from || !to || *from >= *to)
    return wrong(setting, "write it like outage=2024-03-01/2024-03-02");
  faults.outages.push_back({*from, *to});
  return {};
}

Result<void> read_setting(std::string_view setting, Faults& faults) {
  const std::array<std::pair<std::string_view, double*>, 6> shares = {
      {{"holes", &faults.holes},
       {"duplicates", &faults.duplicates},
       {"conflicts", &faults.conflicts},
       {"bad_rows", &faults.bad_rows},
       {"nulls", &faults.nulls},
       {"shuffled", &faults.shuffled}}};
  const std::size_t equals = setting.find('=');
  const std::string_view key = setting.substr(0, equals);
  const std::string_view value = equals == std::string_view::npos ? "" : setting.substr(equals + 1);
  for (const auto& [name, share] : shares) {
    if (key != name) continue;
    const auto parsed = share_of(value);
    if (!parsed)
      return wrong(setting, "a share is a number from 0 to 1, like " + std::string(name) + "=0.01");
    *share = *parsed;
    return {};
  }
  if (key == "outage") return read_outage(setting, value, faults);
  if (key == "fail_every") {
    if (!read_number(value, faults.fail_every)) return wrong(setting, "write it like fail_every=7");
    return {};
  }
  if (key == "seed") {
    if (!read_number(value, faults.seed)) return wrong(setting, "write it like seed=1");
    return {};
  }
  return wrong(
      setting,
      "there are holes outage duplicates conflicts bad_rows nulls shuffled fail_every seed");
}

bool held_back(const Faults& faults, const Dice& dice, Instant slot) {
  if (dice.hits(faults.holes, Draw::hole, slot)) return true;
  for (const TimeRange& outage : faults.outages) {
    if (outage.contains(slot)) return true;
  }
  return false;
}

}  // namespace

Result<Faults> parse_faults(std::string_view text) {
  Faults faults;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (end > 0) CHANDLER_CHECK(read_setting(text.substr(0, end), faults));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return faults;
}

void distort(BarPage& page, std::string_view symbol, const Faults& faults) {
  const Dice dice(symbol, faults.seed);
  const BarSeries& in = page.bars;
  BarSeries out;
  out.columns = in.columns;
  out.reserve(in.size());
  const auto tell = [&](std::size_t i) {
    const Instant slot = in.timestamp[i];
    if (held_back(faults, dice, slot)) return;
    if (dice.hits(faults.nulls, Draw::null, slot)) {
      out.append(in, i, i + 1);
      blank_last(out);
      return;
    }
    if (dice.hits(faults.conflicts, Draw::conflict, slot)) {
      out.append(in, i, i + 1);
      // Still a valid bar.
      out.close.back() = in.close[i] == in.low[i] ? in.high[i] : in.low[i];
      out.volume.back() += 1;
    }
    if (dice.hits(faults.duplicates, Draw::duplicate, slot)) out.append(in, i, i + 1);
    out.append(in, i, i + 1);
    if (dice.hits(faults.bad_rows, Draw::bad_row, slot))
      spoil_last(out, dice.bits(Draw::bad_kind, slot));
  };
  for (std::size_t i = 0; i < in.size(); ++i) {
    const bool late = out_of_order_after(faults, dice, in, i);
    if (late) tell(i + 1);
    tell(i);
    if (late) ++i;
  }
  page.bars = std::move(out);
}

}  // namespace chandler::sandbox
