#include "run_progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "table.h"

namespace chandler::cli {
namespace {

constexpr std::chrono::milliseconds kBetween{100};

std::string in_short(double n) {
  if (n >= 1e6) return fmt::format("{:.1f}M", n / 1e6);
  if (n >= 1e4) return fmt::format("{:.0f}k", n / 1e3);
  return fmt::format("{:.0f}", n);
}

std::string clock_time(double seconds) {
  const auto s = static_cast<std::int64_t>(seconds);
  if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{}:{:02}", s / 60, s % 60);
}

std::string how_it_ended(const WriteOutcome& o) {
  return o.error && o.error->kind == ErrorKind::interrupted ? "interrupted" : "failed";
}

std::string line_of(const SeriesReport& s) {
  const WriteOutcome& o = s.outcome;
  std::string line = o.series.text() + ": ";
  if (o.status == WriteStatus::unchanged) {
    line += s.asked.empty() ? "nothing was missing" : "nothing new";
  } else if (o.status == WriteStatus::failed) {
    line += how_it_ended(o);
  } else {
    line += plural(o.rows_written, "new bar");
    if (!o.provider.empty()) line += " from " + printable(o.provider);
    if (o.status == WriteStatus::partial) line += ", then " + how_it_ended(o);
  }
  if (o.rejected > 0) line += fmt::format(", {} rejected", o.rejected);
  return line;
}

}  // namespace

void RunProgress::on_planned(const SeriesPlan& plan) {
  ++planned_;
  expected_ += plan.bars;
  if (!plan.reason.empty()) {
    if (terminal_) out_.progress("");
    out_.detail(plan.series.text() + ": " + plan.reason);
  }
  show();
}

void RunProgress::on_bars(const SeriesId& /*series*/, std::uint64_t bars) {
  bars_ += bars;
  show();
}

void RunProgress::on_done(const SeriesReport& source, const std::vector<SeriesReport>& derived) {
  ++done_;
  if (terminal_) out_.progress("");
  std::string line = line_of(source);
  std::string frames;
  for (const SeriesReport& d : derived) {
    if (d.outcome.status == WriteStatus::ok)
      frames += (frames.empty() ? "" : " ") + std::string(to_string(d.outcome.series.timeframe));
  }
  if (!frames.empty()) line += "; rolled up to " + frames;
  out_.note(line);
  shown_ = {};
  show();
}

void RunProgress::finish() const {
  if (terminal_) out_.progress("");
}

void RunProgress::show() {
  if (!terminal_ || out_.verbosity() == Verbosity::quiet) return;
  const auto now = Steady::now();
  if (now - shown_ < kBetween) return;
  shown_ = now;
  const double seconds = std::max(0.001, std::chrono::duration<double>(now - began_).count());
  const double rate = static_cast<double>(bars_) / seconds;
  std::string line = fmt::format("{}/{} series, {} bars, {}/s", done_, series_,
                                 in_short(static_cast<double>(bars_)), in_short(rate));
  // Series not planned yet are taken to be like the others.
  if (planned_ > 0 && rate > 0) {
    const double all = static_cast<double>(expected_) / static_cast<double>(planned_) *
                       static_cast<double>(series_);
    const double left = all - static_cast<double>(bars_);
    if (left > 0) line += ", " + clock_time(left / rate) + " left";
  }
  out_.progress(line);
}

}  // namespace chandler::cli
