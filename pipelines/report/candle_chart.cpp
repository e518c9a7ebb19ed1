#include "report/candle_chart.h"

#include <date/date.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace chandler::html {
namespace {

// The inner SVG is 1000 x 1000: prices above, volume below.
constexpr double kPriceTop = 20;
constexpr double kPriceBottom = 770;
constexpr double kVolumeTop = 830;
constexpr double kVolumeBottom = 1000;
constexpr std::size_t kFewest = 24;  // fewer candles do not grow broader

std::string at(double v) { return fixed(v, 1); }

// Steps of 1, 2 or 5 times a power of ten, about `wanted` of them.
double nice_step(double extent, int wanted) {
  const double raw = extent / wanted;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  const double lead = raw / power;
  return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

struct Scale {
  double low = 0;
  double high = 1;
  double top_volume = 0;
  double slot = 1;  // width
  [[nodiscard]] double price(double p) const {
    return kPriceBottom - (p - low) / (high - low) * (kPriceBottom - kPriceTop);
  }
  [[nodiscard]] double volume(double v) const {
    return top_volume > 0 ? v / top_volume * (kVolumeBottom - kVolumeTop) : 0;
  }
  [[nodiscard]] double middle(std::size_t i) const { return (static_cast<double>(i) + 0.5) * slot; }
};

Scale scale_of(const ChartBars& chart) {
  const BarSeries& bars = chart.bars;
  Scale scale;
  scale.low = *std::min_element(bars.low.begin(), bars.low.end());
  scale.high = *std::max_element(bars.high.begin(), bars.high.end());
  if (scale.high <= scale.low) {
    const double room = std::max(std::abs(scale.high) * 0.01, 1e-9);
    scale.low -= room;
    scale.high += room;
  }
  scale.top_volume = *std::max_element(bars.volume.begin(), bars.volume.end());
  scale.slot = 1000.0 / static_cast<double>(std::max(kFewest, chart.slots.size()));
  return scale;
}

struct Paths {
  std::string up, down, up_wicks, down_wicks, volume, holes;
};

void add_candle(Paths& paths, const Scale& scale, const BarSeries& bars, std::size_t bar,
                std::size_t slot) {
  const bool rose = bars.close[bar] >= bars.open[bar];
  const double x = scale.middle(slot);
  const double half = scale.slot * 0.34;
  const double top = scale.price(std::max(bars.open[bar], bars.close[bar]));
  const double height = std::max(3.0, scale.price(std::min(bars.open[bar], bars.close[bar])) - top);

  const std::string left = "M" + at(x - half) + " ";
  const std::string width = "h" + at(2 * half);
  const std::string back = "h" + at(-2 * half) + "z";
  (rose ? paths.up : paths.down) += left + at(top) + width + "v" + at(height) + back;
  (rose ? paths.up_wicks : paths.down_wicks) +=
      "M" + at(x) + " " + at(scale.price(bars.high[bar])) + "V" + at(scale.price(bars.low[bar]));
  const double volume = scale.volume(bars.volume[bar]);
  if (volume >= 0.05) {
    paths.volume += left + at(kVolumeBottom) + width + "v" + at(-volume) + back;
  }
}

Paths paths_of(const ChartBars& chart, const Scale& scale) {
  Paths paths;
  std::size_t bar = 0;
  for (std::size_t slot = 0; slot < chart.slots.size(); ++slot) {
    if (bar < chart.bars.size() && chart.bars.timestamp[bar] == chart.slots[slot]) {
      add_candle(paths, scale, chart.bars, bar++, slot);
      continue;
    }
    paths.holes += "M" + at(scale.slot * static_cast<double>(slot)) + " 0h" + at(scale.slot) +
                   "v1000h" + at(-scale.slot) + "z";
  }
  return paths;
}

void draw_path(Markup& page, std::string_view style, const std::string& path) {
  if (path.empty()) return;
  page.raw("<path class=\"").raw(style).raw("\" d=\"").raw(path).raw("\"/>");
}

void draw_label(Markup& page, std::string_view style, double x, double y, std::string_view words) {
  page.raw("<text class=\"").raw(style).raw("\" x=\"").raw(at(x / 10)).raw("%\" y=\"");
  page.raw(at(y / 10)).raw("%\">").text(words).raw("</text>");
}

struct PriceLine {
  double y;
  std::string label;
};

std::vector<PriceLine> price_lines(const Scale& scale) {
  const double step = nice_step(scale.high - scale.low, 8);
  const int decimals = std::clamp(-static_cast<int>(std::floor(std::log10(step))), 0, 12);
  std::vector<PriceLine> lines;
  const double first = std::ceil(scale.low / step);
  for (double i = first; i * step <= scale.high && lines.size() < 12; ++i) {
    std::string label = fixed(i * step, decimals);
    if (decimals == 0 && std::abs(i * step) < 1e15) {
      label = counted(static_cast<std::int64_t>(std::llround(i * step)));
    }
    lines.push_back({scale.price(i * step), std::move(label)});
  }
  return lines;
}

std::string time_label(Instant t, seconds span) {
  const std::string text = format_instant(t);
  if (span < std::chrono::hours{36}) return text.substr(11, 5);
  if (span > std::chrono::hours{24 * 700}) return text.substr(0, 7);
  const date::year_month_day day{date::floor<date::days>(t)};
  const std::string short_day = std::to_string(static_cast<unsigned>(day.day())) + " " +
                                std::string(month_name(static_cast<unsigned>(day.month())));
  return span > std::chrono::hours{24 * 5} ? short_day : short_day + " " + text.substr(11, 5);
}

void draw_times(Markup& page, const ChartBars& chart, const Scale& scale) {
  const std::size_t count = chart.slots.size();
  const std::size_t every = std::max<std::size_t>(1, (std::max(kFewest, count) + 4) / 5);
  const seconds span = chart.slots.back() - chart.slots.front();
  for (std::size_t i = every / 2; i < count; i += every) {
    draw_label(page, "mid", scale.middle(i), 1065, time_label(chart.slots[i], span));
  }
}

void draw_words(Markup& page, const ChartBars& chart, const std::string& id,
                std::string_view name) {
  const BarSeries& bars = chart.bars;
  const auto lowest = std::min_element(bars.low.begin(), bars.low.end());
  const auto highest = std::max_element(bars.high.begin(), bars.high.end());
  page.raw("<title id=\"").raw(id).raw("t\">").text(name).raw(", ").text(to_string(chart.frame));
  page.raw(" candles</title><desc id=\"").raw(id).raw("d\">");
  page.raw(counted(std::uint64_t{bars.size()}, "candle", "candles"));
  page.raw(" from ").raw(minute_text(bars.timestamp.front())).raw(" to ");
  page.raw(minute_text(bars.timestamp.back())).raw(" UTC; lowest ").raw(compact(*lowest));
  page.raw(", highest ")
      .raw(compact(*highest))
      .raw(", last close ")
      .raw(compact(bars.close.back()));
  page.raw("</desc>");
}

void draw_caption(Markup& page, const ChartBars& chart) {
  page.raw("<figcaption>").text(to_string(chart.frame)).raw(" candles, ");
  if (chart.stored != chart.frame) {
    page.raw("rolled up from ").text(to_string(chart.stored)).raw(" bars, ");
  }
  page.raw(minute_text(chart.bars.timestamp.front())).raw(" to ");
  page.raw(minute_text(chart.bars.timestamp.back())).raw(" UTC");
  if (!chart.whole) page.raw(" (the most recent part)");
  page.raw(
      ". <span class=\"key\"><i class=\"up\"></i>rose</span> <span class=\"key\"><i "
      "class=\"down\"></i>fell</span> <span class=\"key\"><i class=\"vol\"></i>volume</span>");
  if (chart.slots.size() > chart.bars.size()) {
    page.raw(" <span class=\"key\"><i class=\"hole\"></i>no candle</span>");
  }
  page.raw("</figcaption>");
}

}  // namespace

void draw_candles(Markup& page, const ChartBars& chart, std::string_view id,
                  std::string_view name) {
  if (chart.bars.empty()) return;
  const Scale scale = scale_of(chart);
  const Paths paths = paths_of(chart, scale);
  const std::vector<PriceLine> lines = price_lines(scale);
  const std::string ids(id);

  page.raw("<figure class=\"chart\"><svg role=\"img\" aria-labelledby=\"").raw(ids).raw("t ");
  page.raw(ids).raw("d\" width=\"100%\" height=\"260\">");
  draw_words(page, chart, ids, name);
  page.raw("<svg viewBox=\"0 0 1000 1000\" width=\"100%\" height=\"100%\" ");
  page.raw("preserveAspectRatio=\"none\">");
  draw_path(page, "hole", paths.holes);
  std::string grid = "M0 " + at(kVolumeBottom) + "h1000";
  for (const PriceLine& line : lines) grid += "M0 " + at(line.y) + "h1000";
  draw_path(page, "grid", grid);
  draw_path(page, "vol", paths.volume);
  draw_path(page, "wick up", paths.up_wicks);
  draw_path(page, "wick down", paths.down_wicks);
  draw_path(page, "up", paths.up);
  draw_path(page, "down", paths.down);
  page.raw("</svg>");
  for (const PriceLine& line : lines) draw_label(page, "price", 1008, line.y, line.label);
  if (scale.top_volume > 0) {
    draw_label(page, "price", 1008, kVolumeTop, compact(scale.top_volume));
  }
  draw_times(page, chart, scale);
  page.raw("</svg>");
  draw_caption(page, chart);
  page.raw("</figure>");
}

}  // namespace chandler::html
