#include "yahoo/parse.h"

#include <array>
#include <vector>

#include "venue/json.h"

namespace chandler::yahoo {
namespace {

using venue::Json;
using venue::unexpected;
using Array = simdjson::dom::array;

constexpr std::array<const char*, kRequiredColumns> kNames = {"open", "high", "low", "close",
                                                              "volume"};

std::optional<Array> list(const Json& object, std::string_view name) {
  const auto found = venue::member(object, name);
  Array array;
  if (!found || found->get(array) != simdjson::SUCCESS) return {};
  return array;
}

std::optional<Json> first_of(const Json& object, std::string_view name) {
  const auto array = list(object, name);
  Json first;
  if (!array || array->at(0).get(first) != simdjson::SUCCESS) return {};
  return first;
}

std::string text_of(const Json& object, std::string_view name) {
  return std::string(venue::text(object, name).value_or(""));
}

// Up to the year 9999, so that no calendar's arithmetic overflows.
std::optional<Instant> instant_of(const std::optional<std::int64_t>& number) {
  constexpr std::int64_t kTooLarge = 253'402'300'800;
  if (!number || *number <= -kTooLarge / 4 || *number >= kTooLarge) return {};
  return from_epoch(*number);
}

void read_meta(Chart& chart, const Json& meta) {
  chart.currency = text_of(meta, "currency");
  chart.instrument_type = text_of(meta, "instrumentType");
  chart.zone = text_of(meta, "exchangeTimezoneName");
  chart.granularity = text_of(meta, "dataGranularity");
  const auto periods = venue::member(meta, "currentTradingPeriod");
  const auto regular = periods ? venue::member(*periods, "regular") : std::nullopt;
  if (!regular) return;
  const auto start = instant_of(venue::integer(*regular, "start"));
  const auto end = instant_of(venue::integer(*regular, "end"));
  if (start && end) chart.regular = TimeRange{*start, *end};
}

std::optional<Split> split_of(const Json& event) {
  const auto at = instant_of(venue::integer(event, "date"));
  const auto numerator = venue::number(event, "numerator");
  const auto denominator = venue::number(event, "denominator");
  if (!at || !numerator || !denominator || *numerator <= 0 || *denominator <= 0) return {};
  return Split{*at, *numerator, *denominator};
}

void read_splits(Chart& chart, const Json& result) {
  const auto events = venue::member(result, "events");
  const auto splits = events ? venue::member(*events, "splits") : std::nullopt;
  simdjson::dom::object by_time;
  if (!splits || splits->get(by_time) != simdjson::SUCCESS) return;
  for (const auto& [time, event] : by_time) {
    if (const auto split = split_of(event)) chart.splits.push_back(*split);
  }
}

using Numbers = std::vector<std::optional<double>>;

Numbers numbers_of(const Array& array) {
  Numbers numbers;
  numbers.reserve(array.size());
  for (const Json value : array) {
    numbers.push_back(value.is_null() ? std::nullopt
                                      : std::optional(venue::number(value).value_or(kUnknown)));
  }
  return numbers;
}

// What has no volume by nature.
bool without_volume(const Chart& chart) {
  return chart.instrument_type == "CURRENCY" || chart.instrument_type == "INDEX";
}

struct Columns {
  std::array<Numbers, kRequiredColumns> required{};
  std::optional<Numbers> adjusted{};
};

Result<Columns> columns_of(const Chart& chart, const Json& result, std::size_t rows) {
  const auto indicators = venue::member(result, "indicators");
  const auto quote = indicators ? first_of(*indicators, "quote") : std::nullopt;
  if (!quote) return unexpected("the chart has no quotes");
  Columns columns;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const auto array = list(*quote, kNames[i]);
    const bool is_volume = i + 1 == kNames.size();
    if (!array && is_volume && without_volume(chart)) {
      columns.required[i].assign(rows, 0.0);
      continue;
    }
    if (!array) {
      return Error{
          ErrorKind::unsupported,
          std::string("there are no bars, only some of their prices (no ") + kNames[i] + ")", "",
          "use another provider"};
    }
    columns.required[i] = numbers_of(*array);
    if (columns.required[i].size() != rows) return unexpected("the chart's columns differ in size");
  }
  if (const auto holder = first_of(*indicators, "adjclose")) {
    if (const auto array = list(*holder, "adjclose")) columns.adjusted = numbers_of(*array);
    if (columns.adjusted && columns.adjusted->size() != rows)
      return unexpected("the chart's columns differ in size");
  }
  return columns;
}

void append(Chart& chart, Instant time, const Columns& columns, std::size_t row) {
  for (const Numbers& column : columns.required) {
    if (!column[row]) {
      chart.blanks.push_back(time);
      return;
    }
  }
  chart.rows.timestamp.push_back(time);
  for (std::size_t i = 0; i < kRequiredColumns; ++i) {
    chart.rows.column(kAllColumns[i]).push_back(*columns.required[i][row]);
  }
  if (columns.adjusted) chart.rows.adj_close.push_back((*columns.adjusted)[row].value_or(kUnknown));
}

}  // namespace

Result<Chart> parse_chart(std::string_view text) {
  venue::Document document;
  CHANDLER_TRY(const Json root, document.parse(text));
  const auto holder = venue::member(root, "chart");
  const auto result = holder ? first_of(*holder, "result") : std::nullopt;
  const auto meta = result ? venue::member(*result, "meta") : std::nullopt;
  if (!meta) return unexpected("the answer is not a chart");
  Chart chart;
  read_meta(chart, *meta);
  read_splits(chart, *result);
  const auto timestamps = list(*result, "timestamp");
  if (!timestamps) {
    if (venue::member(*result, "timestamp")) return unexpected("the chart's times are no list");
    return chart;
  }
  CHANDLER_TRY(const Columns columns, columns_of(chart, *result, timestamps->size()));
  if (columns.adjusted) chart.rows.widen(ColumnSet{}.add(Column::adj_close));
  std::size_t row = 0;
  for (const Json value : *timestamps) {
    const auto time = instant_of(venue::integer(value));
    if (!time) return unexpected("a time of the chart cannot be read");
    append(chart, *time, columns, row++);
  }
  return chart;
}

std::optional<ChartError> parse_error(std::string_view text) {
  venue::Document document;
  const auto root = document.parse(text);
  if (!root) return {};
  for (const char* const name : {"chart", "finance"}) {
    const auto holder = venue::member(*root, name);
    const auto error = holder ? venue::member(*holder, "error") : std::nullopt;
    if (!error || error->is_null()) continue;
    return ChartError{text_of(*error, "code"), text_of(*error, "description")};
  }
  return {};
}

}  // namespace chandler::yahoo
