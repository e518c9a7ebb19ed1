// chandler status [SYM [TF]]
#include <fmt/format.h>

#include "series_arguments.h"
#include "store/plain_json.h"
#include "table.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

// The series of the document, written as they come: for ten thousand of them, a tree of values or
// one text of all takes longer than to find out what stands in it.
class SeriesText {
 public:
  explicit SeriesText(Instant now) : now_(now) {}

  // The next one; good until the one after that is asked for.
  std::string_view next(const SeriesStatus& s) {
    out_.clear();
    out_.literal(first_ ? "{" : ",{");
    first_ = false;
    key("\"symbol\":").escaped(s.series.symbol.name());
    key(",\"timeframe\":").escaped(std::string(to_string(s.series.timeframe)));
    key(",\"class\":").escaped(std::string(to_string(s.asset_class)));
    const auto frame = [&](Timeframe tf) { return out_.escaped(std::string(to_string(tf))); };
    lay_out_or_null(key(",\"derived_from\":"), s.derived_from, frame);
    key(",\"behind\":").flag(s.behind);
    lay_out_list(key(",\"years\":"), s.years, "", "", [&](int year) { return out_.number(year); });
    key(",\"rows\":").number(s.rows);
    const auto time = [&](Instant t) { return out_.time(t); };
    lay_out_or_null(key(",\"first\":"), s.first, time);
    lay_out_or_null(key(",\"last\":"), s.last, time);
    const auto age = [&](Instant t) { return out_.number((now_ - t).count()); };
    lay_out_or_null(key(",\"age_seconds\":"), s.last, age);
    key(",\"expected_bars\":").number(s.expected_bars);
    key(",\"missing_bars\":").number(s.missing_bars);
    key(",\"gaps\":").number(s.gaps);
    key(",\"coverage\":").real(s.coverage);
    key(",\"score\":").real(s.score);
    key(",\"bytes\":").number(s.bytes);
    const auto text = [&](const std::string& one) { return out_.escaped(one); };
    lay_out_list(key(",\"providers\":"), s.providers, "", "", text);
    lay_out_list(key(",\"problems\":"), s.problems, "", "",
                 [&](const Error& one) { return out_.escaped(one.line()); });
    out_.literal("}");
    return out_.written();
  }

 private:
  store::PlainWriter& key(std::string_view text) {
    out_.literal(text);
    return out_;
  }

  store::PlainWriter out_;
  Instant now_;
  bool first_ = true;
};

std::string as_table(const std::vector<SeriesStatus>& all, Instant now) {
  Table table{{{"symbol"},
               {"timeframe"},
               {"from"},
               {"rows", Align::right},
               {"first"},
               {"last"},
               {"age", Align::right},
               {"coverage", Align::right},
               {"gaps", Align::right},
               {"score", Align::right},
               {"size", Align::right},
               {"providers"}}};
  for (const SeriesStatus& s : all) {
    std::string from = s.derived_from ? std::string{to_string(*s.derived_from)} : "-";
    if (s.behind) from += " (behind)";
    table.add({printable(s.series.symbol.name()), std::string{to_string(s.series.timeframe)}, from,
               std::to_string(s.rows), s.first ? human_time(*s.first) : "-",
               s.last ? human_time(*s.last) : "-", s.last ? human_age(now - *s.last) : "-",
               human_percent(s.coverage), std::to_string(s.gaps), fmt::format("{:.4f}", s.score),
               human_bytes(s.bytes), printable(joined(s.providers))});
  }
  return table.text();
}

Result<ExitCode> status(const Context& context, const SeriesArguments& arguments) {
  CHANDLER_TRY(const SeriesChoice choice, parse_choice(arguments));
  CHANDLER_TRY(const Cache cache, context.open_cache());
  CHANDLER_TRY(const std::vector<SeriesStatus> all,
               cache.status_all(choice.symbol, choice.timeframe));
  show_warnings(cache, context.out);
  if (all.empty() && choice.symbol) return absent(cache, choice);

  Output& out = context.out;
  std::size_t problems = 0;
  for (const SeriesStatus& s : all) {
    problems += s.problems.size();
    for (Error problem : s.problems) {
      if (problem.hint.empty()) problem.hint = "run `chandler verify`";
      out.error(problem);
    }
  }
  if (out.json()) {
    SeriesText series{cache.now()};
    out.data(problems == 0 ? "{\"ok\":true,\"series\":[" : "{\"ok\":false,\"series\":[");
    for (const SeriesStatus& s : all) out.data(series.next(s));
    out.data("]}\n");
  } else if (all.empty()) {
    out.data("no series in " + context.cache_root.string() + "\n");
  } else {
    out.data(as_table(all, cache.now()));
  }
  return problems == 0 ? ExitCode::done : ExitCode::some_failed;
}

}  // namespace

VerbAction declare_status(CLI::App& app) {
  auto arguments = std::make_shared<SeriesArguments>();
  add_optional_series(app, *arguments);
  return [arguments](Context& context) { return status(context, *arguments); };
}

}  // namespace chandler::cli
