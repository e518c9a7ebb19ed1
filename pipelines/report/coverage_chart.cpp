#include "report/coverage_chart.h"

#include <date/date.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace chandler::html {
namespace {

constexpr int kPitch = 13;  // of days, with the gap between them
constexpr int kDaySize = 11;
constexpr int kMonthPitch = 57;
constexpr int kMonthWidth = 55;
constexpr int kRowPitch = 17;
constexpr int kRowHeight = 15;

enum class Shade : std::uint8_t { outside, closed, full, most, half, little, none, confirmed };

// The names of CSS classes.
std::string_view style_of(Shade shade) {
  constexpr std::array<std::string_view, 8> kStyles = {"",   "c0", "c1", "c2",
                                                       "c3", "c4", "c5", "cc"};
  return kStyles.at(static_cast<std::size_t>(shade));
}

Shade shade_of(const CoverageCell& cell) {
  if (!cell.inside) return Shade::outside;
  if (cell.expected <= 0) return Shade::closed;
  if (cell.open == 0) return cell.confirmed == 0 ? Shade::full : Shade::confirmed;
  const double share = static_cast<double>(cell.present()) / static_cast<double>(cell.expected);
  if (share <= 0) return Shade::none;
  return share >= 0.9 ? Shade::most : share >= 0.5 ? Shade::half : Shade::little;
}

struct Box {
  int x, y, width, height;
};

// Days stand in columns of weeks, Monday on top; months in rows of years.
Box box_of(const CoverageCell& cell, const CoverageMap& map) {
  const auto day = date::floor<date::days>(cell.range.from);
  const date::year_month_day date{day};
  if (!map.by_day) {
    const int row = static_cast<int>(date.year()) - map.first_year;
    const int column = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
    return {column * kMonthPitch, row * kRowPitch, kMonthWidth, kRowHeight};
  }
  const date::sys_days new_year = date.year() / 1 / 1;
  const auto monday_first = [](date::sys_days d) {
    return static_cast<int>(date::weekday{d}.iso_encoding()) - 1;
  };
  const int row = monday_first(day);
  const int week = (static_cast<int>((day - new_year).count()) + monday_first(new_year)) / 7;
  return {week * kPitch, row * kPitch, kDaySize, kDaySize};
}

std::string place_of(const CoverageCell& cell, const CoverageMap& map) {
  return date_text(cell.range.from).substr(0, map.by_day ? 10 : 7);
}

void draw_cell(Markup& page, const CoverageCell& cell, const Box& box, const CoverageMap& map) {
  page.raw("<rect class=\"").raw(style_of(shade_of(cell))).raw("\" x=\"");
  page.raw(std::to_string(box.x)).raw("\" y=\"").raw(std::to_string(box.y)).raw("\" width=\"");
  page.raw(std::to_string(box.width)).raw("\" height=\"").raw(std::to_string(box.height));
  page.raw("\"><title>").raw(place_of(cell, map)).raw(": ").raw(counted(cell.present()));
  page.raw(" of ").raw(counted(cell.expected));
  if (cell.open > 0) page.raw(", ").raw(counted(cell.open)).raw(" missing");
  if (cell.confirmed > 0) page.raw(", ").raw(counted(cell.confirmed)).raw(" confirmed missing");
  page.raw("</title></rect>");
}

// Cells with something to say are drawn one by one; whole and closed ones, the most, as one path.
void draw_cells(Markup& page, const CoverageMap& map, std::size_t first, std::size_t last) {
  std::map<Shade, std::string> paths;
  for (std::size_t i = first; i < last; ++i) {
    const Shade shade = shade_of(map.cells[i]);
    if (shade != Shade::full && shade != Shade::closed) continue;
    const Box box = box_of(map.cells[i], map);
    const std::string width = std::to_string(box.width);
    std::string& path = paths[shade];
    path.append("M").append(std::to_string(box.x)).append(" ").append(std::to_string(box.y));
    path.append("h").append(width).append("v").append(std::to_string(box.height));
    path.append("h-").append(width).append("z");
  }
  for (const auto& [shade, path] : paths) {
    page.raw("<path class=\"").raw(style_of(shade)).raw("\" d=\"").raw(path).raw("\"/>");
  }
  for (std::size_t i = first; i < last; ++i) {
    const Shade shade = shade_of(map.cells[i]);
    if (shade <= Shade::full) continue;
    draw_cell(page, map.cells[i], box_of(map.cells[i], map), map);
  }
}

// What a reader who sees no picture is told.
void draw_words(Markup& page, const CoverageMap& map, std::string_view id, std::string_view title) {
  std::array<std::int64_t, 8> count{};
  for (const CoverageCell& cell : map.cells) ++count.at(static_cast<std::size_t>(shade_of(cell)));
  const auto of = [&](Shade shade) { return count.at(static_cast<std::size_t>(shade)); };
  page.raw("<title id=\"").raw(id).raw("t\">").raw(title);
  page.raw("</title><desc id=\"").raw(id).raw("d\">").raw(map.by_day ? "Days: " : "Months: ");
  page.raw(counted(of(Shade::full))).raw(" complete, ");
  page.raw(counted(of(Shade::most) + of(Shade::half) + of(Shade::little))).raw(" in part, ");
  page.raw(counted(of(Shade::none))).raw(" empty, ");
  page.raw(counted(of(Shade::confirmed))).raw(" with confirmed gaps only, ");
  page.raw(counted(of(Shade::closed))).raw(" closed.</desc>");
}

void draw_month_names(Markup& page, bool by_day) {
  for (unsigned month = 1; month <= 12; ++month) {
    const double left = (month - 1) * 100.0 / 12 + (by_day ? 0.6 : 4);
    page.raw("<text class=\"").raw(by_day ? "month" : "month mid").raw("\" x=\"");
    page.raw(fixed(left, 1)).raw("%\" y=\"-5\">").raw(month_name(month)).raw("</text>");
  }
}

void open_svg(Markup& page, std::string_view id, int width, int height) {
  page.raw("<svg class=\"cover\" role=\"img\" aria-labelledby=\"").raw(id).raw("t ").raw(id);
  page.raw("d\" style=\"aspect-ratio:").raw(std::to_string(width)).raw("/");
  page.raw(std::to_string(height)).raw("\">");
}

void open_shapes(Markup& page, int width, int height) {
  page.raw("<svg viewBox=\"0 0 ").raw(std::to_string(width)).raw(" ").raw(std::to_string(height));
  page.raw("\" width=\"100%\" height=\"100%\">");
}

void draw_days(Markup& page, const CoverageMap& map, std::string_view id, std::string_view name) {
  constexpr int kWidth = 54 * kPitch - (kPitch - kDaySize);
  constexpr int kHeight = 7 * kPitch - (kPitch - kDaySize);
  for (std::size_t first = 0; first < map.cells.size();) {
    const int year = utc_year(map.cells[first].range.from);
    const std::string text = std::to_string(year);
    std::size_t last = first;
    while (last < map.cells.size() && utc_year(map.cells[last].range.from) == year) ++last;

    const CoverageMap part{map.by_day,
                           map.expectations,
                           year,
                           map.span,
                           {map.cells.begin() + static_cast<std::ptrdiff_t>(first),
                            map.cells.begin() + static_cast<std::ptrdiff_t>(last)}};
    const std::string ids = std::string(id) + "y" + text;
    page.raw("<div class=\"year\"><span>").raw(text).raw("</span>");
    open_svg(page, ids, kWidth, kHeight);
    draw_words(page, part, ids, escaped(name) + ", coverage of " + text);
    open_shapes(page, kWidth, kHeight);
    draw_cells(page, map, first, last);
    page.raw("</svg>");
    draw_month_names(page, true);
    page.raw("</svg></div>");
    first = last;
  }
}

void draw_months(Markup& page, const CoverageMap& map, std::string_view id, std::string_view name) {
  const int years = static_cast<int>(map.cells.size() / 12);
  const int width = 12 * kMonthPitch - 2;
  const int height = years * kRowPitch - 2;
  page.raw("<div class=\"years\">");
  open_svg(page, id, width, height);
  draw_words(page, map, id, escaped(name) + ", coverage by month");
  open_shapes(page, width, height);
  draw_cells(page, map, 0, map.cells.size());
  page.raw("</svg>");
  draw_month_names(page, false);
  for (int row = 0; row < years; ++row) {
    const double middle = (row * kRowPitch + kRowHeight / 2.0) * 100.0 / height;
    page.raw("<text class=\"yearname\" x=\"-8\" y=\"").raw(fixed(middle, 1)).raw("%\">");
    page.raw(std::to_string(map.first_year + row)).raw("</text>");
  }
  page.raw("</svg></div>");
}

void draw_key(Markup& page, const CoverageMap& map) {
  struct Entry {
    Shade shade;
    std::string_view words;
  };
  const std::array<Entry, 7> entries = {{{Shade::full, map.expectations ? "complete" : "there"},
                                         {Shade::most, "90% or more"},
                                         {Shade::half, "half or more"},
                                         {Shade::little, "less"},
                                         {Shade::none, "nothing"},
                                         {Shade::confirmed, "confirmed gap"},
                                         {Shade::closed, map.expectations ? "closed" : "blank"}}};
  page.raw("<figcaption>Share of the expected bars that are there, by ");
  page.raw(map.by_day ? "day. " : "month. ");
  if (!map.expectations) page.raw("No calendar is known: a blank one may have been closed. ");
  for (const Entry& entry : entries) {
    const bool there = std::any_of(map.cells.begin(), map.cells.end(), [&](const CoverageCell& c) {
      return shade_of(c) == entry.shade;
    });
    if (!there) continue;
    page.raw("<span class=\"key\"><i class=\"").raw(style_of(entry.shade)).raw("\"></i>");
    page.raw(entry.words).raw("</span> ");
  }
  page.raw("</figcaption>");
}

}  // namespace

void draw_coverage(Markup& page, const CoverageMap& map, std::string_view id,
                   std::string_view name) {
  if (map.cells.empty()) return;
  page.raw("<figure class=\"coverage\">");
  if (map.by_day) {
    draw_days(page, map, id, name);
  } else {
    draw_months(page, map, id, name);
  }
  draw_key(page, map);
  page.raw("</figure>");
}

}  // namespace chandler::html
