#include "store/metadata_text.h"

#include "store/plain_json.h"

namespace chandler::store {
namespace {

static_assert(kSchemaVersion == 1, "the layout below is that of version 1");

// Indentation of one list of rule counts.
struct CountsLayout {
  std::string_view before, key, at_before, at_after, end, after;
};
constexpr CountsLayout kOfYear = {"\n      {\n        ", "\n        ", "\n          ",
                                  "\n        ",          "\n      }",  "\n    "};
constexpr CountsLayout kOfBlock = {"\n          {\n            ",
                                   "\n            ",
                                   "\n              ",
                                   "\n            ",
                                   "\n          }",
                                   "\n        "};

template <class Archive, class List>
bool lay_out_counts(Archive& a, List& rules, const CountsLayout& layout) {
  return lay_out_list(a, rules, layout.before, layout.after, [&](auto& rule) {
    return a.literal("\"rule\": ") && a.word(rule.rule, parse_rule) && a.literal(",") &&
           a.literal(layout.key) && a.literal("\"count\": ") && a.number(rule.count) &&
           a.literal(",") && a.literal(layout.key) && a.literal("\"first\": ") &&
           lay_out_or_null(a, rule.first, [&](auto& t) { return a.time(t); }) &&
           lay_out_if_there(a, !rule.at.empty(), ",",
                            [&] {
                              return a.literal(layout.key) && a.literal("\"at\": ") &&
                                     lay_out_list(a, rule.at, layout.at_before, layout.at_after,
                                                  [&](auto& t) { return a.time(t); });
                            }) &&
           a.literal(layout.end);
  });
}

template <class Archive, class List>
bool lay_out_gaps(Archive& a, List& all) {
  return lay_out_list(a, all, "\n      {\n        \"from\": ", "\n    ", [&](auto& gap) {
    return a.time(gap.from) && a.literal(",\n        \"to\": ") && a.time(gap.to) &&
           a.literal(",\n        \"bars\": ") && a.number(gap.bars) &&
           a.literal(",\n        \"state\": ") && a.word(gap.state, parse_gap_state) &&
           a.literal(",\n        \"cause\": ") && a.word(gap.cause, parse_gap_cause) &&
           lay_out_if_there(a, gap.confirmed_at.has_value(), ",\n        \"confirmed_at\": ",
                            [&] {
                              if constexpr (Archive::kReads) gap.confirmed_at.emplace();
                              return a.time(*gap.confirmed_at);
                            }) &&
           lay_out_if_there(a, !gap.confirmed_by.empty(), ",\n        \"confirmed_by\": ",
                            [&] { return a.text(gap.confirmed_by); }) &&
           a.literal("\n      }");
  });
}

template <class Archive, class Metadata>
bool lay_out_quality(Archive& a, Metadata& m) {
  return a.literal("{\n    \"score\": ") && a.real(m.score) &&
         a.literal(",\n    \"validation_errors\": ") &&
         lay_out_counts(a, m.validation_errors, kOfYear) && a.literal(",\n    \"warnings\": ") &&
         lay_out_counts(a, m.warnings, kOfYear) && a.literal(",\n    \"mended\": ") &&
         lay_out_counts(a, m.mended, kOfYear) && a.literal(",\n    \"gaps\": ") &&
         a.counted(m.gap_list.size()) && a.literal(",\n    \"missing_bars\": ") &&
         a.number(m.missing_bars) && a.literal(",\n    \"expected_bars\": ") &&
         a.number(m.expected_bars) && a.literal(",\n    \"present_bars\": ") &&
         a.number(m.present_bars) && a.literal(",\n    \"duplicates\": ") &&
         a.counted(m.count(m.mended, Rule::duplicate)) &&
         a.literal(",\n    \"conflicts\": 0,\n    \"rejected\": ") && a.counted(m.rejected()) &&
         a.literal(",\n    \"outside_session\": ") &&
         a.counted(m.count(m.mended, Rule::outside_session)) &&
         a.literal(",\n    \"incomplete\": ") && a.counted(m.incomplete()) &&
         a.literal(",\n    \"gap_list\": ") && lay_out_gaps(a, m.gap_list) &&
         a.literal(",\n    \"conflict_list\": [],\n    \"incomplete_list\": ") &&
         lay_out_list(a, m.incomplete_list, "\n      {\n        \"from\": ", "\n    ",
                      [&](auto& run) {
                        return a.time(run.from) && a.literal(",\n        \"to\": ") &&
                               a.time(run.to) && a.literal(",\n        \"bars\": ") &&
                               a.number(run.bars) && a.literal("\n      }");
                      }) &&
         a.literal("\n  }");
}

template <class Archive, class Metadata>
bool lay_out_columns(Archive& a, Metadata& m) {
  if (!a.literal("[\n      \"timestamp\"")) return false;
  for (const Column c : kAllColumns) {
    if constexpr (Archive::kReads) {
      std::string key = ",\n      \"";
      key += to_string(c);
      key += '"';
      if (a.literal(key)) m.columns.add(c);
    } else {
      if (m.columns.has(c)) a.literal(",\n      \"") && a.literal(to_string(c)) && a.literal("\"");
    }
  }
  return a.literal("\n    ]");
}

template <class Archive, class Metadata>
bool lay_out_file(Archive& a, Metadata& m) {
  return a.literal("{\n    \"format\": \"csv.gz\",\n    \"size_bytes\": ") &&
         a.number(m.size_bytes) && a.literal(",\n    \"rows\": ") && a.number(m.rows) &&
         a.literal(",\n    \"columns\": ") && lay_out_columns(a, m) &&
         a.literal(",\n    \"blocks\": ") &&
         lay_out_list(a, m.blocks, "\n      {\n        \"offset\": ", "\n    ",
                      [&](auto& block) {
                        return a.number(block.offset) && a.literal(",\n        \"size\": ") &&
                               a.number(block.size) && a.literal(",\n        \"rows\": ") &&
                               a.number(block.rows) && a.literal(",\n        \"first\": ") &&
                               a.time(block.first) && a.literal(",\n        \"last\": ") &&
                               a.time(block.last) && a.literal(",\n        \"sha256\": ") &&
                               a.text(block.sha256) &&
                               lay_out_if_there(
                                   a, !block.warnings.empty(), ",\n        \"warnings\": ",
                                   [&] { return lay_out_counts(a, block.warnings, kOfBlock); }) &&
                               a.literal("\n      }");
                      }) &&
         a.literal("\n  }");
}

template <class Archive, class Metadata>
bool lay_out_derived(Archive& a, Metadata& m) {
  const auto names = [&](auto& all) {
    return lay_out_list(a, all, "\n      ", "\n    ", [&](auto& name) { return a.text(name); });
  };
  return lay_out_or_null(a, m.derived_from, [&](auto& d) {
    return a.literal("{\n    \"timeframe\": ") && a.word(d.timeframe, parse_timeframe) &&
           a.literal(",\n    \"content_sha256\": ") && a.text(d.content_sha256) &&
           a.literal(",\n    \"blocks\": ") && names(d.blocks) && a.literal(",\n    \"next\": ") &&
           names(d.next) && a.literal(",\n    \"pending\": ") &&
           lay_out_or_null(a, d.pending, [&](auto& t) { return a.time(t); }) && a.literal("\n  }");
  });
}

template <class Archive, class Metadata>
bool lay_out_origin(Archive& a, Metadata& m) {
  const auto name = [&](auto& text) { return a.text(text); };
  std::string source = m.data_source;  // said twice; where the two differ nothing is usual
  return a.literal("{\n    \"name\": ") && a.text(source) && source == m.data_source &&
         a.literal(",\n    \"reliability\": ") &&
         lay_out_or_null(a, m.reliability, [&](auto& value) { return a.real(value); }) &&
         a.literal(",\n    \"rate_limit\": ") && lay_out_or_null(a, m.rate_limit, name) &&
         a.literal(",\n    \"adjustment\": ") && lay_out_or_null(a, m.adjustment, name) &&
         a.literal("\n  },\n  \"provenance\": ") &&
         lay_out_list(a, m.provenance, "\n    {\n      \"provider\": ", "\n  ", [&](auto& run) {
           return a.text(run.provider) && a.literal(",\n      \"from\": ") && a.time(run.from) &&
                  a.literal(",\n      \"to\": ") && a.time(run.to) &&
                  a.literal(",\n      \"rows\": ") && a.number(run.rows) &&
                  a.literal(",\n      \"fetched_at\": ") &&
                  lay_out_or_null(a, run.fetched_at, [&](auto& t) { return a.time(t); }) &&
                  a.literal("\n    }");
         });
}

template <class Archive, class Metadata>
bool lay_out(Archive& a, Metadata& m) {
  return a.literal("{\n  \"schema_version\": 1,\n  \"symbol\": ") && a.text(m.symbol) &&
         a.literal(",\n  \"timeframe\": ") && a.text(m.timeframe) && a.literal(",\n  \"year\": ") &&
         a.number(m.year) && a.literal(",\n  \"timezone\": \"UTC\",\n  \"asset_class\": ") &&
         a.word(m.asset_class, parse_asset_class) && a.literal(",\n  \"data_source\": ") &&
         a.text(m.data_source) && a.literal(",\n  \"derived_from\": ") && lay_out_derived(a, m) &&
         a.literal(",\n  \"content_sha256\": ") && a.text(m.content_sha256) &&
         a.literal(",\n  \"created_at\": ") && a.time(m.created_at) &&
         a.literal(",\n  \"last_updated\": ") && a.time(m.last_updated) &&
         a.literal(",\n  \"start_date\": ") && a.time(m.start_date) &&
         a.literal(",\n  \"end_date\": ") && a.time(m.end_date) && a.literal(",\n  \"asked\": ") &&
         lay_out_or_null(a, m.asked,
                         [&](auto& asked) {
                           return a.literal("{\n    \"from\": ") && a.time(asked.from) &&
                                  a.literal(",\n    \"to\": ") && a.time(asked.to) &&
                                  a.literal("\n  }");
                         }) &&
         a.literal(",\n  \"data_quality\": ") && lay_out_quality(a, m) &&
         a.literal(",\n  \"file_info\": ") && lay_out_file(a, m) &&
         a.literal(",\n  \"provider_info\": ") && lay_out_origin(a, m) && a.literal("\n}\n");
}

bool has_only_what_is_usual(const YearMetadata& m) {
  return m.document.empty() && m.conflict_list.empty() && m.lost.empty() && m.healed.empty() &&
         m.rebuilt.is_null() && m.year >= 0;
}

}  // namespace

std::optional<std::string> print_plain(const YearMetadata& m) {
  constexpr std::size_t kHead = 2048;
  constexpr std::size_t kBlock = 256;
  if (!has_only_what_is_usual(m)) return {};
  PlainWriter writer;
  writer.reserve(kHead + kBlock * m.blocks.size() +
                 (m.derived_from ? 40 * m.derived_from->blocks.size() : 0));
  if (!lay_out(writer, m)) return {};
  return writer.take();
}

std::optional<YearMetadata> read_plain(std::string_view text) {
  PlainReader reader(text);
  YearMetadata metadata;
  if (!lay_out(reader, metadata) || !reader.at_end()) return {};
  return metadata;
}

}  // namespace chandler::store
