// chandler stats
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "table.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

double compression(const CacheStats& s) {
  return s.bytes == 0 ? 1.0 : static_cast<double>(s.text_bytes) / static_cast<double>(s.bytes);
}

Json as_json(const CacheStats& s) {
  Json providers = Json::array();
  for (const CacheStats::Provider& p : s.providers) {
    providers.push_back(Json{{"name", p.name}, {"rows", p.rows}, {"series", p.series}});
  }
  return Json{{"ok", true},
              {"symbols", s.symbols},
              {"series", s.series},
              {"files", s.files},
              {"rows", s.rows},
              {"gaps", s.gaps},
              {"conflicts", s.conflicts},
              {"rejected", s.rejected},
              {"bytes", s.bytes},
              {"metadata_bytes", s.metadata_bytes},
              {"text_bytes", s.text_bytes},
              {"compression", compression(s)},
              {"providers", std::move(providers)}};
}

std::string as_text(const CacheStats& s) {
  std::string all;
  const auto line = [&](std::string_view name, const std::string& value) {
    all += fmt::format("{:<12}{}\n", name, value);
  };
  line("symbols", std::to_string(s.symbols));
  line("series", std::to_string(s.series));
  line("files", std::to_string(s.files));
  line("rows", std::to_string(s.rows));
  line("gaps", std::to_string(s.gaps));
  line("conflicts", std::to_string(s.conflicts));
  line("rejected", std::to_string(s.rejected));
  line("data", fmt::format("{} ({} unpacked, {:.1f} : 1)", human_bytes(s.bytes),
                           human_bytes(s.text_bytes), compression(s)));
  line("metadata", human_bytes(s.metadata_bytes));
  if (s.providers.empty()) return all;
  Table table{{{"provider"}, {"series", Align::right}, {"rows", Align::right}}};
  for (const CacheStats::Provider& p : s.providers) {
    table.add({printable(p.name), std::to_string(p.series), std::to_string(p.rows)});
  }
  return all + "\n" + table.text();
}

Result<ExitCode> stats(const Context& context) {
  CHANDLER_TRY(const Cache cache, context.open_cache());
  CHANDLER_TRY(const CacheStats found, cache.stats());
  show_warnings(cache, context.out);
  if (context.out.json()) {
    context.out.document(as_json(found));
  } else {
    context.out.data(as_text(found));
  }
  return ExitCode::done;
}

}  // namespace

VerbAction declare_stats(CLI::App& /*app*/) {
  return [](Context& context) { return stats(context); };
}

}  // namespace chandler::cli
