#include "store/metadata.h"

#include <cmath>

#include "store/metadata_text.h"

namespace chandler::store {
namespace {

Json number(double v) { return std::isnan(v) ? Json(nullptr) : Json(v); }

template <class T>
Json time_or_null(const std::optional<T>& t) {
  return t ? Json(format_iso(*t)) : Json(nullptr);
}

// Thrown inside this file only: parse_metadata turns it into an Error.
struct Mistake : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Instant time_of(const Json& j) {
  const auto t = parse_exact(j.get_ref<const std::string&>());
  if (!t) throw Mistake("\"" + printable(j.get<std::string>()) + "\" is not a time");
  return *t;
}

std::optional<Instant> optional_time(const Json& j, const char* key) {
  const auto found = j.find(key);
  if (found == j.end() || found->is_null()) return {};
  return time_of(*found);
}

template <class T>
T enum_of(std::optional<T> value, const Json& text) {
  if (!value) throw Mistake("\"" + printable(text.get<std::string>()) + "\" is not known here");
  return *value;
}

Timeframe timeframe_of(const Json& j) {
  const auto tf = parse_timeframe(j.get_ref<const std::string&>());
  if (!tf) throw Mistake(tf.error().what);
  return *tf;
}

// --- printing ---

Json print_counts(const std::vector<RuleCount>& list) {
  Json out = Json::array();
  for (const RuleCount& r : list) {
    Json one = {{"rule", to_string(r.rule)}, {"count", r.count}, {"first", time_or_null(r.first)}};
    if (!r.at.empty()) {
      Json at = Json::array();
      for (const Instant t : r.at) at.push_back(format_iso(t));
      one["at"] = std::move(at);
    }
    out.push_back(std::move(one));
  }
  return out;
}

Json print_gaps(const std::vector<Gap>& gaps) {
  Json out = Json::array();
  for (const Gap& g : gaps) {
    Json one{{"from", format_iso(g.from)},
             {"to", format_iso(g.to)},
             {"bars", g.bars},
             {"state", to_string(g.state)},
             {"cause", to_string(g.cause)}};
    if (g.confirmed_at) one["confirmed_at"] = format_iso(*g.confirmed_at);
    if (!g.confirmed_by.empty()) one["confirmed_by"] = g.confirmed_by;
    out.push_back(std::move(one));
  }
  return out;
}

Json print_conflicts(const std::vector<ConflictEntry>& conflicts) {
  Json out = Json::array();
  for (const ConflictEntry& c : conflicts) {
    Json replaced = Json::array();
    for (const ReplacedRow& r : c.replaced) {
      Json row = {{"provider", r.provider}};
      for (const Column column : kAllColumns) {
        if (r.row.columns.has(column))
          row[std::string(to_string(column))] = number(r.row.column(column)[0]);
      }
      replaced.push_back(std::move(row));
    }
    out.push_back({{"at", format_iso(c.at)},
                   {"kept", c.kept},
                   {"close", {c.old_close, c.new_close}},
                   {"replaced", std::move(replaced)}});
  }
  return out;
}

Json print_file_info(const YearMetadata& m) {
  Json columns = Json::array({"timestamp"});
  for (const Column c : kAllColumns) {
    if (m.columns.has(c)) columns.push_back(to_string(c));
  }
  Json blocks = Json::array();
  for (const BlockFacts& b : m.blocks) {
    Json one = {{"offset", b.offset},
                {"size", b.size},
                {"rows", b.rows},
                {"first", format_iso(b.first)},
                {"last", format_iso(b.last)},
                {"sha256", b.sha256}};
    if (!b.warnings.empty()) one["warnings"] = print_counts(b.warnings);
    blocks.push_back(std::move(one));
  }
  return {{"format", "csv.gz"},
          {"size_bytes", m.size_bytes},
          {"rows", m.rows},
          {"columns", std::move(columns)},
          {"blocks", std::move(blocks)}};
}

Json print_quality(const YearMetadata& m) {
  Json incomplete = Json::array();
  for (const SlotRunLabels& r : m.incomplete_list) {
    incomplete.push_back(
        {{"from", format_iso(r.from)}, {"to", format_iso(r.to)}, {"bars", r.bars}});
  }
  return {{"score", m.score},
          {"validation_errors", print_counts(m.validation_errors)},
          {"warnings", print_counts(m.warnings)},
          {"mended", print_counts(m.mended)},
          {"gaps", m.gap_list.size()},
          {"missing_bars", m.missing_bars},
          {"expected_bars", m.expected_bars},
          {"present_bars", m.present_bars},
          {"duplicates", m.count(m.mended, Rule::duplicate)},
          {"conflicts", m.conflict_list.size()},
          {"rejected", m.rejected()},
          {"outside_session", m.count(m.mended, Rule::outside_session)},
          {"incomplete", m.incomplete()},
          {"gap_list", print_gaps(m.gap_list)},
          {"conflict_list", print_conflicts(m.conflict_list)},
          {"incomplete_list", std::move(incomplete)}};
}

Json print_derived(const DerivedFrom& d) {
  return {{"timeframe", to_string(d.timeframe)},
          {"content_sha256", d.content_sha256},
          {"blocks", d.blocks},
          {"next", d.next},
          {"pending", time_or_null(d.pending)}};
}

Json print_provenance(const std::vector<ProvenanceRun>& runs) {
  Json out = Json::array();
  for (const ProvenanceRun& p : runs) {
    out.push_back({{"provider", p.provider},
                   {"from", format_iso(p.from)},
                   {"to", format_iso(p.to)},
                   {"rows", p.rows},
                   {"fetched_at", time_or_null(p.fetched_at)}});
  }
  return out;
}

// Where keys that are not known here can stand, beyond plain objects.
constexpr ListKey kLists[] = {{"validation_errors", "rule"},
                              {"warnings", "rule"},
                              {"mended", "rule"},
                              {"gap_list", "from"},
                              {"conflict_list", "at"},
                              {"replaced", ""},
                              {"incomplete_list", "from"},
                              {"blocks", "sha256"},
                              {"provenance", "from"},
                              {"lost", "file"}};
constexpr std::string_view kOptional[] = {"at", "warnings", "confirmed_at", "confirmed_by"};
constexpr OverlayRules kRules{.lists = kLists, .optional = kOptional};

// --- reading ---

std::vector<RuleCount> read_counts(const Json& list) {
  std::vector<RuleCount> out;
  for (const Json& j : list) {
    RuleCount r;
    r.rule = enum_of(parse_rule(j.at("rule").get_ref<const std::string&>()), j.at("rule"));
    r.count = j.at("count").get<std::uint64_t>();
    r.first = optional_time(j, "first");
    if (const auto at = j.find("at"); at != j.end()) {
      for (const Json& t : *at) r.at.push_back(time_of(t));
    }
    out.push_back(std::move(r));
  }
  return out;
}

Gap read_gap(const Json& j) {
  Gap gap{
      .from = time_of(j.at("from")),
      .to = time_of(j.at("to")),
      .bars = j.at("bars").get<std::int64_t>(),
      .state = enum_of(parse_gap_state(j.at("state").get_ref<const std::string&>()), j.at("state")),
      .cause =
          enum_of(parse_gap_cause(j.at("cause").get_ref<const std::string&>()), j.at("cause"))};
  if (const auto at = j.find("confirmed_at"); at != j.end()) gap.confirmed_at = time_of(*at);
  if (const auto by = j.find("confirmed_by"); by != j.end())
    gap.confirmed_by = by->get<std::string>();
  return gap;
}

ConflictEntry read_conflict(const Json& j) {
  ConflictEntry c;
  c.at = time_of(j.at("at"));
  c.kept = j.at("kept").get<std::string>();
  c.old_close = j.at("close").at(0).get<double>();
  c.new_close = j.at("close").at(1).get<double>();
  if (const auto rows = j.find("replaced"); rows != j.end()) {
    for (const Json& one : *rows) {
      ReplacedRow r{one.at("provider").get<std::string>(), {}};
      for (const Column column : kAllColumns) {
        if (one.contains(std::string(to_string(column)))) r.row.columns.add(column);
      }
      r.row.resize(1);
      r.row.timestamp[0] = c.at;
      for (const Column column : kAllColumns) {
        if (!r.row.columns.has(column)) continue;
        const Json& v = one.at(std::string(to_string(column)));
        r.row.column(column)[0] = v.is_null() ? kUnknown : v.get<double>();
      }
      c.replaced.push_back(std::move(r));
    }
  }
  return c;
}

void read_quality(const Json& q, YearMetadata& m) {
  m.score = q.at("score").get<double>();
  m.validation_errors = read_counts(q.at("validation_errors"));
  m.warnings = read_counts(q.value("warnings", Json::array()));
  m.mended = read_counts(q.value("mended", Json::array()));
  m.missing_bars = q.at("missing_bars").get<std::uint64_t>();
  m.expected_bars = q.at("expected_bars").get<std::uint64_t>();
  m.present_bars = q.value("present_bars", std::uint64_t{0});
  for (const Json& j : q.at("gap_list")) m.gap_list.push_back(read_gap(j));
  for (const Json& j : q.at("conflict_list")) m.conflict_list.push_back(read_conflict(j));
  for (const Json& j : q.value("incomplete_list", Json::array())) {
    m.incomplete_list.push_back(
        {time_of(j.at("from")), time_of(j.at("to")), j.at("bars").get<std::uint64_t>()});
  }
}

void read_file_info(const Json& f, YearMetadata& m) {
  m.size_bytes = f.at("size_bytes").get<std::uint64_t>();
  m.rows = f.at("rows").get<std::uint64_t>();
  for (const Json& name : f.at("columns")) {
    if (const auto c = parse_column(name.get_ref<const std::string&>())) m.columns.add(*c);
  }
  for (const Json& j : f.at("blocks")) {
    m.blocks.push_back({.offset = j.at("offset").get<std::uint64_t>(),
                        .size = j.at("size").get<std::uint64_t>(),
                        .rows = j.at("rows").get<std::uint32_t>(),
                        .first = time_of(j.at("first")),
                        .last = time_of(j.at("last")),
                        .sha256 = j.at("sha256").get<std::string>(),
                        .warnings = read_counts(j.value("warnings", Json::array()))});
  }
}

void read_origin(const Json& j, YearMetadata& m) {
  if (const Json& d = j.at("derived_from"); !d.is_null()) {
    m.derived_from = DerivedFrom{.timeframe = timeframe_of(d.at("timeframe")),
                                 .content_sha256 = d.at("content_sha256").get<std::string>(),
                                 .blocks = d.value("blocks", std::vector<std::string>{}),
                                 .next = d.value("next", std::vector<std::string>{}),
                                 .pending = optional_time(d, "pending")};
  }
  const Json& info = j.at("provider_info");
  if (const auto r = info.find("reliability"); r != info.end() && r->is_number())
    m.reliability = r->get<double>();
  if (const auto r = info.find("rate_limit"); r != info.end() && r->is_string())
    m.rate_limit = r->get<std::string>();
  if (const auto a = info.find("adjustment"); a != info.end() && a->is_string())
    m.adjustment = a->get<std::string>();
  for (const Json& p : j.at("provenance")) {
    m.provenance.push_back({p.at("provider").get<std::string>(), time_of(p.at("from")),
                            time_of(p.at("to")), p.at("rows").get<std::uint64_t>(),
                            optional_time(p, "fetched_at")});
  }
  for (const Json& l : j.value("lost", Json::array())) {
    m.lost.push_back({l.at("file").get<std::string>(), time_of(l.at("from")), time_of(l.at("to")),
                      l.at("rows").get<std::uint64_t>()});
  }
}

YearMetadata read_document(Json&& j) {
  YearMetadata m;
  m.symbol = j.at("symbol").get<std::string>();
  m.timeframe = j.at("timeframe").get<std::string>();
  m.year = j.at("year").get<int>();
  const auto asset_class = parse_asset_class(j.value("asset_class", std::string("unknown")));
  if (!asset_class) throw Mistake(asset_class.error().what);
  m.asset_class = *asset_class;
  m.data_source = j.at("data_source").get<std::string>();
  m.content_sha256 = j.at("content_sha256").get<std::string>();
  m.created_at = time_of(j.at("created_at"));
  m.last_updated = time_of(j.at("last_updated"));
  m.start_date = time_of(j.at("start_date"));
  m.end_date = time_of(j.at("end_date"));
  if (const auto a = j.find("asked"); a != j.end() && a->is_object()) {
    m.asked = TimeRange{time_of(a->at("from")), time_of(a->at("to"))};
  }
  read_quality(j.at("data_quality"), m);
  read_file_info(j.at("file_info"), m);
  read_origin(j, m);
  m.healed = j.value("healed", std::vector<std::string>{});
  m.rebuilt = j.value("rebuilt", Json());
  m.document = std::move(j);
  return m;
}

}  // namespace

std::uint64_t YearMetadata::rejected() const {
  std::uint64_t sum = 0;
  for (const RuleCount& r : validation_errors) sum += r.count;
  return sum;
}

std::uint64_t YearMetadata::count(const std::vector<RuleCount>& list, Rule rule) const {
  for (const RuleCount& r : list) {
    if (r.rule == rule) return r.count;
  }
  return 0;
}

std::uint64_t YearMetadata::incomplete() const {
  std::uint64_t sum = 0;
  for (const SlotRunLabels& r : incomplete_list) sum += r.bars;
  return sum;
}

std::int64_t YearMetadata::confirmed_missing() const {
  std::int64_t sum = 0;
  for (const Gap& g : gap_list) sum += g.state == GapState::confirmed ? g.bars : 0;
  return sum;
}

std::string print_metadata(const YearMetadata& m) {
  if (auto plain = print_plain(m)) return *std::move(plain);
  return print_metadata_document(m);
}

std::string print_metadata_document(const YearMetadata& m) {
  Json j = m.document;
  const auto set = [&](std::string_view key, Json value) {
    overlay(j, key, std::move(value), kRules);
  };
  set("schema_version", kSchemaVersion);
  set("symbol", m.symbol);
  set("timeframe", m.timeframe);
  set("year", m.year);
  set("timezone", "UTC");
  set("asset_class", to_string(m.asset_class));
  set("data_source", m.data_source);
  set("derived_from", m.derived_from ? print_derived(*m.derived_from) : Json(nullptr));
  set("content_sha256", m.content_sha256);
  set("created_at", format_iso(m.created_at));
  set("last_updated", format_iso(m.last_updated));
  set("start_date", format_iso(m.start_date));
  set("end_date", format_iso(m.end_date));
  set("asked", m.asked ? Json{{"from", format_iso(m.asked->from)}, {"to", format_iso(m.asked->to)}}
                       : Json(nullptr));
  set("data_quality", print_quality(m));
  set("file_info", print_file_info(m));
  set("provider_info", {{"name", m.data_source},
                        {"reliability", m.reliability ? Json(*m.reliability) : Json(nullptr)},
                        {"rate_limit", m.rate_limit ? Json(*m.rate_limit) : Json(nullptr)},
                        {"adjustment", m.adjustment ? Json(*m.adjustment) : Json(nullptr)}});
  set("provenance", print_provenance(m.provenance));
  Json lost = Json::array();
  for (const LostRange& l : m.lost) {
    lost.push_back({{"file", l.file},
                    {"from", format_iso(l.from)},
                    {"to", format_iso(l.to)},
                    {"rows", l.rows}});
  }
  if (m.lost.empty()) {
    j.erase("lost");
  } else {
    set("lost", std::move(lost));
  }
  if (m.healed.empty()) {
    j.erase("healed");
  } else {
    set("healed", m.healed);
  }
  if (!m.rebuilt.is_null()) set("rebuilt", m.rebuilt);
  return print_json(j);
}

Result<YearMetadata> parse_metadata(const std::string& text, const std::string& where) {
  if (auto plain = read_plain(text)) return *std::move(plain);
  return parse_metadata_document(text, where);
}

Result<YearMetadata> parse_metadata_document(const std::string& text, const std::string& where) {
  CHANDLER_TRY(Json document, parse_json(text, where));
  try {
    const Json& version = document.at("schema_version");
    if (!version.is_number()) throw Mistake("schema_version is no number");
    if (version.get<double>() > kSchemaVersion) {
      return Error{ErrorKind::newer_schema,
                   "was written by a newer Chandler (schema " + printable(version.dump()) + ")",
                   where, "update Chandler; this version only reads it"};
    }
    return read_document(std::move(document));
  } catch (const Json::exception& e) {
    return Error{ErrorKind::data, "is not metadata: " + printable(e.what()), where, ""};
  } catch (const Mistake& e) {
    return Error{ErrorKind::data, "is not metadata: " + std::string(e.what()), where, ""};
  }
}

}  // namespace chandler::store
