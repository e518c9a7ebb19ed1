#include "store/summaries_text.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "parallel.h"
#include "store/plain_json.h"
#include "store/sha256.h"

namespace chandler::store {
namespace {

constexpr std::string_view kSealKey = "\"content_sha256\": \"";
constexpr std::size_t kSealSize = 64;
constexpr std::size_t kUsualLine = 480;

constexpr std::size_t kLinesAtOnce = 128;

// Where the seal stands, when the text has room for one.
std::optional<std::span<char>> seal_of(std::string& text) {
  const std::size_t key = text.find(kSealKey);
  const std::size_t at = key + kSealKey.size();
  if (key == std::string::npos || at + kSealSize > text.size()) return {};
  return std::span(text).subspan(at, kSealSize);
}

// The seal that the text should have; leaves it there.
std::string seal(std::string& text, std::span<char> place) {
  std::fill(place.begin(), place.end(), '0');
  std::string proof = hex(sha256(std::as_bytes(std::span(text))));
  std::copy(proof.begin(), proof.end(), place.begin());
  return proof;
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

std::optional<SeriesSummary> parse_line(std::string_view line) {
  PlainReader reader(line);
  std::string name;
  Timeframe timeframe{};
  if (!lay_out_symbol(reader, name) || !reader.word(timeframe, parse_timeframe)) return {};
  auto symbol = Symbol::parse(name);
  if (!symbol || symbol->name() != name) return {};
  SeriesSummary summary{.status = {.series = {*std::move(symbol), timeframe}}};
  if (!lay_out_summary(reader, summary) || !reader.at_end()) return {};
  return summary;
}

std::optional<Summaries> parse_lines(std::span<const std::string_view> lines) {
  Summaries summaries;
  summaries.reserve(lines.size());
  for (const std::string_view line : lines) {
    auto summary = parse_line(line);
    if (!summary) return {};
    summaries.push_back(*std::move(summary));
  }
  return summaries;
}

// The entries; nothing when something else than the layout stands around them.
std::optional<std::vector<std::string_view>> lines_of(std::string_view entries) {
  std::vector<std::string_view> lines;
  lines.reserve(entries.size() / kUsualLine + 1);
  while (!entries.empty()) {
    if (!entries.starts_with(kEntry)) return {};
    entries.remove_prefix(kEntry.size());
    const std::size_t end = std::min(entries.find('\n'), entries.size());
    const bool is_last = end == entries.size();
    if (!is_last && !entries.substr(0, end).ends_with(',')) return {};
    lines.push_back(entries.substr(0, is_last ? end : end - 1));
    entries.remove_prefix(end);
  }
  return lines;
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
  for (const SeriesSummary& summary : summaries) {
    const SeriesId& id = summary.status.series;
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
  std::string text = writer.take();
  seal(text, *seal_of(text));
  return text;
}

std::optional<Summaries> parse_summaries(std::string text) {
  const auto place = seal_of(text);
  if (!place) return {};
  const std::string found(place->begin(), place->end());
  if (seal(text, *place) != found) return {};

  std::string_view entries = text;
  PlainReader reader(entries);
  std::string ignored;
  if (!reader.literal(kBegin) || !reader.text(ignored) || !reader.literal(kSeries)) return {};
  entries = reader.rest();
  if (!entries.ends_with(kEnd)) return {};
  entries.remove_suffix(kEnd.size());
  const auto lines = lines_of(entries);
  if (!lines) return {};

  std::vector<std::optional<Summaries>> parts((lines->size() + kLinesAtOnce - 1) / kLinesAtOnce);
  parallel_for(0, parts.size(), [&](std::size_t i) {
    const auto rest = std::span(*lines).subspan(i * kLinesAtOnce);
    parts[i] = parse_lines(rest.first(std::min(rest.size(), kLinesAtOnce)));
  });
  Summaries summaries;
  summaries.reserve(lines->size());
  for (auto& part : parts) {
    if (!part) return {};
    std::move(part->begin(), part->end(), std::back_inserter(summaries));
  }
  return summaries;
}

}  // namespace chandler::store
