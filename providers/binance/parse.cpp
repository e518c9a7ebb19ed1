#include "binance/parse.h"

#include <algorithm>
#include <array>

#include "binance/kline_text.h"
#include "venue/json.h"

namespace chandler::binance {
namespace {

using std::chrono::milliseconds;
using venue::Json;
using venue::unexpected;

// Positions in a kline.
constexpr std::size_t kOpenTime = 0;
constexpr std::size_t kOpen = 1;  // then high, low, close, volume
constexpr std::size_t kCloseTime = 6;
constexpr std::size_t kQuoteVolume = 7;
constexpr std::size_t kTrades = 8;
constexpr std::size_t kFields = 9;  // that are read, of 12

std::optional<milliseconds> time_of(const std::optional<std::int64_t>& number) {
  return number ? kline_time(*number) : std::nullopt;
}

using Fields = std::array<Json, kFields>;

std::optional<Fields> fields_of(const Json& row) {
  simdjson::dom::array list;
  if (row.get(list) != simdjson::SUCCESS) return {};
  Fields fields;
  std::size_t i = 0;
  for (const Json field : list) {
    if (i == kFields) break;
    fields[i++] = field;
  }
  if (i < kFields) return {};
  return fields;
}

// A number that cannot be read is NaN, for the validator to name.
void append(BarSeries& bars, Instant open_time, const Fields& fields) {
  std::array<double, kRequiredColumns> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = venue::number(fields[kOpen + i]).value_or(kUnknown);
  }
  const double turnover = venue::number(fields[kQuoteVolume]).value_or(kUnknown);
  const double volume = numbers[4];
  bars.timestamp.push_back(open_time);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    bars.column(kAllColumns[i]).push_back(numbers[i]);
  }
  bars.vwap.push_back(volume > 0 ? turnover / volume : kUnknown);
  bars.trade_count.push_back(venue::number(fields[kTrades]).value_or(kUnknown));
  bars.turnover.push_back(turnover);
}

bool note(Klines& page, const Fields& fields, Timeframe timeframe, http::Moment now) {
  const auto open = time_of(venue::integer(fields[kOpenTime]));
  const auto close = time_of(venue::integer(fields[kCloseTime]));
  if (!open || !close || *open % seconds{1} != milliseconds{0}) return false;
  const Instant open_time{std::chrono::duration_cast<seconds>(*open)};
  page.first = std::min(page.first.value_or(open_time), open_time);
  page.last = std::max(page.last.value_or(open_time), open_time);
  const bool closed =
      http::Moment{*close} < now && http::Moment{slot_end(timeframe, open_time)} <= now;
  if (!closed) {
    page.forming = std::min(page.forming.value_or(open_time), open_time);
  } else {
    append(page.bars, open_time, fields);
  }
  return true;
}

}  // namespace

// Up to the year 9999, so that no calendar's arithmetic overflows.
std::optional<milliseconds> kline_time(std::int64_t number) {
  constexpr std::int64_t kSmallestInMicroseconds = 1'000'000'000'000'000;  // 16 digits
  constexpr std::int64_t kTooLarge = 253'402'300'800'000;
  if (number < 0) return {};
  const std::int64_t ms = number < kSmallestInMicroseconds ? number : number / 1000;
  if (ms >= kTooLarge) return {};
  return milliseconds{ms};
}

Instant slot_end(Timeframe timeframe, Instant open) {
  return utc_next(timeframe, utc_floor(timeframe, open));
}

Result<Klines> parse_klines(std::string_view text, Timeframe timeframe, http::Moment now) {
  if (auto page = read_klines(text, timeframe, now)) return *std::move(page);
  return parse_klines_document(text, timeframe, now);
}

Result<Klines> parse_klines_document(std::string_view text, Timeframe timeframe, http::Moment now) {
  venue::Document document;
  CHANDLER_TRY(const Json root, document.parse(text));
  simdjson::dom::array rows;
  if (root.get(rows) != simdjson::SUCCESS) return unexpected("the answer is not a list of klines");
  Klines page;
  page.bars.widen(ColumnSet{}.add(Column::vwap).add(Column::trade_count).add(Column::turnover));
  for (const Json row : rows) {
    const auto fields = fields_of(row);
    if (!fields || !note(page, *fields, timeframe, now)) {
      return unexpected("row " + std::to_string(page.rows + 1) + " of the answer is not a kline");
    }
    ++page.rows;
  }
  return page;
}

std::optional<ApiError> parse_error(std::string_view text) {
  venue::Document document;
  const auto root = document.parse(text);
  if (!root) return {};
  const auto code = venue::integer(*root, "code");
  if (!code) return {};
  return ApiError{*code, std::string(venue::text(*root, "msg").value_or(""))};
}

Result<http::Moment> parse_time(std::string_view text) {
  venue::Document document;
  CHANDLER_TRY(const Json root, document.parse(text));
  const auto time = time_of(venue::integer(root, "serverTime"));
  if (!time) return unexpected("the answer has no server time");
  return http::Moment{*time};
}

Result<std::vector<Listed>> parse_listing(std::string_view text) {
  venue::Document document;
  CHANDLER_TRY(const Json root, document.parse(text));
  simdjson::dom::array symbols;
  const auto found = venue::member(root, "symbols");
  if (!found || found->get(symbols) != simdjson::SUCCESS) {
    return unexpected("the answer has no list of symbols");
  }
  std::vector<Listed> listing;
  for (const Json entry : symbols) {
    const auto name = venue::text(entry, "symbol");
    const auto base = venue::text(entry, "baseAsset");
    const auto quote = venue::text(entry, "quoteAsset");
    if (!name || !base || !quote) return unexpected("a symbol of the answer has no assets");
    const auto symbol = Symbol::parse(*name);
    if (!symbol) continue;
    Listed& listed = listing.emplace_back(Listed{.instrument = {.symbol = *symbol}});
    listed.instrument.asset_class = AssetClass::crypto;
    listed.instrument.base = *base;
    listed.instrument.quote = *quote;
    listed.instrument.exchange = "binance";
    listed.trading = venue::text(entry, "status") == "TRADING";
  }
  return listing;
}

}  // namespace chandler::binance
