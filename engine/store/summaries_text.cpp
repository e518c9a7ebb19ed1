#include "store/summaries_text.h"

#include "store/plain_json.h"
#include "store/sha256.h"

namespace chandler::store {
namespace {

constexpr std::string_view kSealKey = "\"content_sha256\": \"";
constexpr std::size_t kSealSize = 64;
constexpr std::size_t kUsualLine = 480;

std::optional<std::string> sealed(std::string text) {
  const std::size_t key = text.find(kSealKey);
  const std::size_t at = key + kSealKey.size();
  if (key == std::string::npos || at + kSealSize > text.size()) return {};
  text.replace(at, kSealSize, kSealSize, '0');
  text.replace(at, kSealSize, hex(sha256(std::as_bytes(std::span(text)))));
  return text;
}

template <class Archive, class Name>
bool lay_out_symbol(Archive& a, Name& name) {
  return a.literal("{\"symbol\": ") && a.escaped(name) && a.literal(", \"timeframe\": ");
}

template <class Archive, class Status>
bool lay_out_times(Archive& a, Status& s) {
  const auto time = [&](auto& t) { return a.time(t); };
  return a.literal(", \"first\": ") && lay_out_or_null(a, s.first, time) &&
         a.literal(", \"last\": ") && lay_out_or_null(a, s.last, time);
}

// The lists of a summary are short and stand on its line.
template <class Archive, class Providers>
bool lay_out_rows_by_provider(Archive& a, Providers& rows) {
  if constexpr (Archive::kReads) {
    if (a.literal("{}")) return true;
    if (!a.literal("{")) return false;
    do {
      std::string name;
      std::uint64_t count = 0;
      if (!a.escaped(name) || !a.literal(": ") || !a.number(count)) return false;
      rows.emplace(std::move(name), count);
    } while (a.literal(", "));
    return a.literal("}");
  } else {
    bool first = true;
    a.literal("{");
    for (const auto& [name, count] : rows) {
      if (!std::exchange(first, false)) a.literal(", ");
      if (!a.escaped(name) || !a.literal(": ") || !a.number(count)) return false;
    }
    return a.literal("}");
  }
}

template <class Archive, class Summary>
bool lay_out_summary(Archive& a, Summary& s) {
  auto& st = s.status;
  return a.literal(", \"asset_class\": ") && a.word(st.asset_class, parse_asset_class) &&
         a.literal(", \"derived_from\": ") &&
         lay_out_or_null(a, st.derived_from,
                         [&](auto& tf) { return a.word(tf, parse_timeframe); }) &&
         a.literal(", \"behind\": ") && a.flag(st.behind) && a.literal(", \"years\": ") &&
         lay_out_list(a, st.years, "", "", [&](auto& year) { return a.number(year); }) &&
         a.literal(", \"rows\": ") && a.number(st.rows) && lay_out_times(a, st) &&
         a.literal(", \"expected_bars\": ") && a.number(st.expected_bars) &&
         a.literal(", \"missing_bars\": ") && a.number(st.missing_bars) &&
         a.literal(", \"gaps\": ") && a.number(st.gaps) && a.literal(", \"coverage\": ") &&
         a.real(st.coverage) && a.literal(", \"score\": ") && a.real(st.score) &&
         a.literal(", \"bytes\": ") && a.number(st.bytes) && a.literal(", \"providers\": ") &&
         lay_out_list(a, st.providers, "", "", [&](auto& name) { return a.escaped(name); }) &&
         a.literal(", \"rejected\": ") && a.number(s.rejected) && a.literal(", \"conflicts\": ") &&
         a.number(s.conflicts) && a.literal(", \"rows_by_provider\": ") &&
         lay_out_rows_by_provider(a, s.rows_by_provider) && a.literal(", \"symbol_ns\": ") &&
         a.number(s.symbol_ns) && a.literal(", \"folder_ns\": ") && a.number(s.folder_ns) &&
         a.literal(", \"source_ns\": ") && a.number(s.source_ns) && a.literal("}");
}

constexpr std::string_view kBegin = "{\n  \"content_sha256\": ";
constexpr std::string_view kSeries = ",\n  \"schema_version\": 1,\n  \"series\": [";
constexpr std::string_view kEntry = "\n    ";
constexpr std::string_view kEnd = "\n  ]\n}\n";

std::optional<std::pair<SeriesId, SeriesSummary>> read_line(PlainReader& reader) {
  std::string name;
  Timeframe timeframe{};
  if (!lay_out_symbol(reader, name) || !reader.word(timeframe, parse_timeframe)) return {};
  auto symbol = Symbol::parse(name);
  if (!symbol || symbol->name() != name) return {};
  const SeriesId id{*std::move(symbol), timeframe};
  SeriesSummary summary{.status = {.series = id}};
  if (!lay_out_summary(reader, summary)) return {};
  return std::pair{id, std::move(summary)};
}

}  // namespace

std::string print_summaries(const Summaries& summaries) {
  static_assert(kSchemaVersion == 1);
  PlainWriter writer;
  writer.reserve(kUsualLine * (summaries.size() + 1));
  writer.literal(kBegin);
  writer.text(std::string(kSealSize, '0'));
  writer.literal(kSeries);
  bool first = true;
  for (const auto& [id, summary] : summaries) {
    // One that has no spelling (a number that is none) is left out, and made anew each time.
    PlainWriter line;
    if (!lay_out_symbol(line, id.symbol.name()) || !line.word(id.timeframe, parse_timeframe) ||
        !lay_out_summary(line, summary)) {
      continue;
    }
    if (!std::exchange(first, false)) writer.literal(",");
    writer.literal(kEntry);
    writer.literal(line.take());
  }
  writer.literal(kEnd);
  return *sealed(writer.take());
}

std::optional<Summaries> parse_summaries(const std::string& text) {
  if (sealed(text) != text) return {};
  PlainReader reader(text);
  std::string seal;
  if (!reader.literal(kBegin) || !reader.text(seal) || !reader.literal(kSeries)) return {};
  Summaries summaries;
  bool more = reader.literal(kEntry);
  while (more) {
    auto line = read_line(reader);
    if (!line) return {};
    summaries.insert(summaries.end(), std::move(*line));
    more = reader.literal(",");
    if (more && !reader.literal(kEntry)) return {};
  }
  if (!reader.literal(kEnd) || !reader.at_end()) return {};
  return summaries;
}

}  // namespace chandler::store
