#include "alpha_vantage/parse.h"

#include <algorithm>
#include <array>
#include <utility>

#include "alpha_vantage/csv.h"
#include "venue/json.h"

namespace chandler::alpha_vantage {
namespace {

using venue::Json;
using venue::unexpected;
using Object = simdjson::dom::object;

constexpr std::array<std::string_view, kRequiredColumns> kNames = {"open", "high", "low", "close",
                                                                   "volume"};
using Values = std::array<std::optional<double>, kRequiredColumns>;

bool is_json(std::string_view text) {
  const std::size_t at = text.find_first_not_of(" \t\r\n");
  return at != std::string_view::npos && text[at] == '{';
}

// "2024-01-31 19:59:00" or "2024-01-31".
std::optional<Instant> wall_of(std::string_view label) {
  if (label.size() == 10) return parse_exact(std::string(label) + " 00:00:00");
  return label.size() == 19 && label[10] == ' ' ? parse_exact(label) : std::nullopt;
}

// "5. adjusted close" -> "adjusted close"
std::string_view plain(std::string_view name) {
  const std::size_t at = name.find(". ");
  return at == std::string_view::npos ? name : name.substr(at + 2);
}

// A number that cannot be read is NaN, for the validator to name.
void append(Series& series, Instant wall, const Values& values) {
  series.rows.timestamp.push_back(wall);
  for (std::size_t i = 0; i < values.size(); ++i) {
    series.rows.column(kAllColumns[i]).push_back(values[i].value_or(kUnknown));
  }
}

void turn_round(BarSeries& rows) {
  std::reverse(rows.timestamp.begin(), rows.timestamp.end());
  for (std::size_t i = 0; i < kRequiredColumns; ++i) {
    auto& column = rows.column(kAllColumns[i]);
    std::reverse(column.begin(), column.end());
  }
}

Error bad_label(std::string_view label) {
  return unexpected('"' + printable(std::string(label), 40) + "\" is not the time of a bar");
}

Result<void> add_row(Series& series, const simdjson::dom::key_value_pair& row) {
  const auto wall = wall_of(row.key);
  Object fields;
  if (!wall || row.value.get(fields) != simdjson::SUCCESS) return bad_label(row.key);
  Values values;
  for (const auto& field : fields) {
    const auto* const name = std::find(kNames.begin(), kNames.end(), plain(field.key));
    if (name == kNames.end()) continue;
    values[static_cast<std::size_t>(name - kNames.begin())] = venue::number(field.value);
  }
  append(series, *wall, values);
  return {};
}

void read_meta(Series& series, const Json& meta) {
  Object entries;
  if (meta.get(entries) != simdjson::SUCCESS) return;
  for (const auto& entry : entries) {
    const std::string value(venue::text(entry.value).value_or(""));
    if (plain(entry.key) == "Time Zone") series.zone = value;
    if (plain(entry.key) == "Interval") series.interval = value;
  }
}

Result<Series> series_of_json(std::string_view text) {
  venue::Document document;
  CHANDLER_TRY(const Json root, document.parse(text));
  Object parts;
  if (root.get(parts) != simdjson::SUCCESS) return unexpected("the answer is no series");
  Series series;
  bool found = false;
  for (const auto& part : parts) {
    if (part.key == "Meta Data") read_meta(series, part.value);
    if (part.key.find("Time Series") == std::string_view::npos) continue;
    Object rows;
    if (part.value.get(rows) != simdjson::SUCCESS) return unexpected("the series has no rows");
    for (const auto& row : rows) CHANDLER_CHECK(add_row(series, row));
    found = true;
  }
  if (!found) return unexpected("the answer is no series");
  turn_round(series.rows);
  return series;
}

Result<Series> series_of_csv(std::string_view text) {
  const std::vector<std::string> header = cells_of(take_line(text));
  if (header.front() != "timestamp") return unexpected("the answer is no series");
  std::array<std::size_t, kRequiredColumns> places{};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const auto found = std::find(header.begin(), header.end(), kNames[i]);
    if (found == header.end()) return unexpected("the series lacks a column");
    places[i] = static_cast<std::size_t>(found - header.begin());
  }
  Series series;
  while (!text.empty()) {
    const std::vector<std::string> cells = cells_of(take_line(text));
    const auto wall = wall_of(cells.front());
    if (!wall) return bad_label(cells.front());
    if (cells.size() != header.size()) return unexpected("a line of the series is cut");
    Values values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = venue::number(std::string_view(cells[places[i]]));
    }
    append(series, *wall, values);
  }
  turn_round(series.rows);
  return series;
}

// BRK-B -> BRK.B; longer endings are preferred shares, units and warrants, and stay.
std::string canonical(std::string name) {
  const std::size_t dash = name.rfind('-');
  const bool share_class = dash != std::string::npos && dash + 2 == name.size() &&
                           name.find('-') == dash && name.back() >= 'A' && name.back() <= 'D';
  if (share_class) name[dash] = '.';
  return name;
}

}  // namespace

Result<Series> parse_series(std::string_view text) {
  return is_json(text) ? series_of_json(text) : series_of_csv(text);
}

std::optional<Note> parse_note(std::string_view text) {
  if (!is_json(text)) return {};
  venue::Document document;
  const auto root = document.parse(text);
  Object parts;
  if (!root || root->get(parts) != simdjson::SUCCESS) return {};
  if (parts.size() == 0) return Note{};
  using Kind = Note::Kind;
  constexpr std::array<std::pair<const char*, Kind>, 3> kKinds = {
      {{"Error Message", Kind::error}, {"Note", Kind::note}, {"Information", Kind::information}}};
  for (const auto& [name, kind] : kKinds) {
    if (const auto said = venue::text(*root, name)) return Note{kind, std::string(*said)};
  }
  return {};
}

Result<std::vector<Listed>> parse_listing(std::string_view text) {
  constexpr std::string_view kHeader = "symbol,name,exchange,assetType,";
  constexpr std::size_t kCells = 7;
  if (!take_line(text).starts_with(kHeader)) return unexpected("the answer is no listing");
  std::vector<Listed> listing;
  while (!text.empty()) {
    const std::vector<std::string> cells = cells_of(take_line(text));
    if (cells.size() < kCells) return unexpected("a line of the listing is cut");
    const auto symbol = Symbol::parse(canonical(cells[0]));
    if (!symbol) continue;
    Instrument instrument{.symbol = *symbol};
    if (cells[3] == "Stock") instrument.asset_class = AssetClass::stock;
    if (cells[3] == "ETF") instrument.asset_class = AssetClass::etf;
    instrument.exchange = cells[2];
    listing.push_back({std::move(instrument), cells[1], cells[6] == "Active"});
  }
  return listing;
}

}  // namespace chandler::alpha_vantage
