#include "yahoo/rows.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "venue/unexpected.h"
#include "venue/zone.h"

namespace chandler::yahoo {
namespace {

constexpr std::chrono::days kDay{1};

Error outside(Instant got, const TimeRange& asked) {
  return venue::unexpected("asked for rows from " + format_instant(asked.from) + " to " +
                           format_instant(asked.to) + ", got one of " + format_instant(got));
}

// Each once, less those of which there is a bar, too.
std::vector<Instant> only_blank(std::vector<Instant> blanks, std::vector<Instant> with_bar) {
  std::sort(blanks.begin(), blanks.end());
  blanks.erase(std::unique(blanks.begin(), blanks.end()), blanks.end());
  std::sort(with_bar.begin(), with_bar.end());
  std::vector<Instant> only;
  std::set_difference(blanks.begin(), blanks.end(), with_bar.begin(), with_bar.end(),
                      std::back_inserter(only));
  return only;
}

void keep(BarSeries& bars, const BarSeries& rows, std::size_t i, Instant label) {
  bars.append(rows, i, i + 1);
  bars.timestamp.back() = label;
}

class Intraday {
 public:
  Intraday(const Chart& chart, const RowsWanted& wanted, const venue::Zone& zone)
      : rows_(chart.rows),
        blanks_(chart.blanks),
        wanted_(wanted),
        zone_(zone),
        length_(nominal_length(wanted.timeframe)) {
    if (!rows_.empty()) {
      const auto [oldest, newest] =
          std::minmax_element(rows_.timestamp.begin(), rows_.timestamp.end());
      oldest_ = *oldest;
      newest_ = *newest;
    }
    if (chart.regular) closes_at_ = time_of_day(chart.regular->to);
    for (const chandler::Session& session :
         wanted.calendar.sessions({wanted.asked.from - kDay, wanted.asked.to})) {
      closes_.push_back(session.close);
    }
  }

  Result<Rows> run() {
    Rows out;
    out.bars.widen(rows_.columns);
    out.neighbours.widen(rows_.columns);
    out.settled_to = std::min(wanted_.labels.to, utc_floor(wanted_.timeframe, wanted_.over));
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const Instant t = rows_.timestamp[i];
      if (live(t)) continue;
      if (!wanted_.asked.contains(t)) return outside(t, wanted_.asked);
      if (t + length_ > wanted_.over) continue;
      const bool is_wanted = wanted_.labels.contains(t);
      if (!at_close(i)) {
        keep(is_wanted ? out.bars : out.neighbours, rows_, i, t);
      } else if (is_wanted) {
        ++out.at_close;
      }
    }
    std::vector<Instant> blanks;
    std::copy_if(blanks_.begin(), blanks_.end(), std::back_inserter(blanks),
                 [this](Instant t) { return stands_for_a_bar(t); });
    out.blanks = only_blank(std::move(blanks), out.bars.timestamp);
    return out;
  }

 private:
  [[nodiscard]] seconds time_of_day(Instant t) {
    const Instant wall = zone_.wall(t);
    return wall - day_start(wall);
  }

  // The newest row, when it is not in step with the oldest one.
  [[nodiscard]] bool live(Instant t) const {
    if (t != newest_) return false;
    if (t >= wanted_.asked.to) return true;
    if (t == oldest_) return t != std::chrono::floor<std::chrono::minutes>(t);
    return (t - oldest_) % length_ != seconds{0};
  }

  [[nodiscard]] bool at_close(std::size_t i) {
    return at_close(rows_.timestamp[i], rows_.volume[i] == 0);
  }
  [[nodiscard]] bool at_close(Instant t, bool no_volume) {
    if (wanted_.extended_hours) return false;
    if (std::binary_search(closes_.begin(), closes_.end(), t)) return true;
    return no_volume && closes_at_ && time_of_day(t) == *closes_at_;
  }

  // Of a row without numbers: it is wanted, over, and in step with the others.
  [[nodiscard]] bool stands_for_a_bar(Instant t) {
    if (!wanted_.labels.contains(t) || t + length_ > wanted_.over) return false;
    if (!rows_.empty() && (t - oldest_) % length_ != seconds{0}) return false;
    return !at_close(t, /*no_volume=*/true);
  }

  const BarSeries& rows_;
  const std::vector<Instant>& blanks_;
  const RowsWanted& wanted_;
  venue::Zone zone_;
  seconds length_;
  Instant oldest_{};
  Instant newest_{};
  std::optional<seconds> closes_at_;
  std::vector<Instant> closes_;  // of the sessions known
};

class Daily {
 public:
  Daily(const Chart& chart, const RowsWanted& wanted, const venue::Zone& zone)
      : chart_(chart), wanted_(wanted), zone_(zone) {}

  Result<Rows> run() {
    const BarSeries& rows = chart_.rows;
    Rows out;
    out.bars.widen(rows.columns);
    out.neighbours.widen(rows.columns);
    const Instant unfinished = first_unfinished();
    out.settled_to = std::min(wanted_.labels.to, unfinished);
    const std::optional<Instant> live = live_row();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Instant t = rows.timestamp[i];
      if (t == live) continue;
      if (far_outside(t)) return outside(t, wanted_.asked);
      const Instant label = label_of(t);
      if (label >= unfinished) continue;
      if (wanted_.labels.contains(label)) {
        keep(out.bars, rows, i, label);
      } else if (asked_whole(label)) {
        keep(out.neighbours, rows, i, label);
      }
    }
    std::vector<Instant> blanks;
    for (const Instant t : chart_.blanks) {
      if (far_outside(t)) continue;
      const Instant label = label_of(t);
      if (wanted_.labels.contains(label) && label < unfinished) blanks.push_back(label);
    }
    out.blanks = only_blank(std::move(blanks), out.bars.timestamp);
    return out;
  }

 private:
  [[nodiscard]] Instant label_of(Instant t) {
    const Instant day = zone_.day_label(t);
    return wanted_.timeframe == Timeframe::d1 ? day : utc_floor(wanted_.timeframe, day);
  }

  // The newest row, when an older one has its label already, or it is later than what was asked.
  [[nodiscard]] std::optional<Instant> live_row() {
    std::optional<Instant> newest;
    std::optional<Instant> second;
    for (const Instant t : chart_.rows.timestamp) {
      if (t == newest) continue;
      if (!newest || t > *newest) {
        second = std::exchange(newest, t);
      } else if (!second || t > *second) {
        second = t;
      }
    }
    if (!newest) return {};
    if (*newest >= wanted_.asked.to) return newest;
    if (second && label_of(*second) == label_of(*newest)) return newest;
    return {};
  }

  // Of a week or a month that was asked for in part the row may say what that part was.
  [[nodiscard]] bool asked_whole(Instant label) const {
    return label >= wanted_.asked.from && utc_next(wanted_.timeframe, label) <= wanted_.asked.to;
  }

  // A week that was asked for from its middle may be stamped with its Monday.
  [[nodiscard]] bool far_outside(Instant t) const {
    const seconds slack = nominal_length(wanted_.timeframe);
    return t < wanted_.asked.from - slack || t >= wanted_.asked.to;
  }

  [[nodiscard]] Instant first_unfinished() {
    const Instant today = zone_.day_label(wanted_.over);
    if (wanted_.timeframe != Timeframe::d1) return utc_floor(wanted_.timeframe, today);
    const bool has_sessions =
        chart_.instrument_type != "CRYPTOCURRENCY" && chart_.instrument_type != "CURRENCY";
    const bool closed = has_sessions && chart_.regular &&
                        zone_.day_label(chart_.regular->from) == today &&
                        chart_.regular->to <= wanted_.over;
    return closed ? today + kDay : today;
  }

  const Chart& chart_;
  const RowsWanted& wanted_;
  venue::Zone zone_;
};

}  // namespace

Instant surely_settled(const RowsWanted& wanted) {
  constexpr std::chrono::hours kWesternmost{12};  // behind UTC
  const Instant over = is_intraday(wanted.timeframe) ? wanted.over : wanted.over - kWesternmost;
  const Instant unfinished = utc_floor(wanted.timeframe, over);
  return std::clamp(unfinished, wanted.labels.from, wanted.labels.to);
}

Result<Rows> bars_of(const Chart& chart, const RowsWanted& wanted) {
  CHANDLER_TRY(const venue::Zone zone, venue::Zone::find(chart.zone));
  if (is_intraday(wanted.timeframe)) return Intraday(chart, wanted, zone).run();
  return Daily(chart, wanted, zone).run();
}

}  // namespace chandler::yahoo
