#include "run/runner.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>

#include "chandler/file_system.h"
#include "store/commit.h"
#include "store/json_text.h"
#include "store/lock.h"

namespace chandler {
namespace {

using store::Folder;

std::map<const Provider*, CallCounts> calls_so_far(const Registry& registry) {
  std::map<const Provider*, CallCounts> calls;
  for (const Registry::Entry& entry : registry.entries())
    calls.emplace(entry.provider.get(), entry.provider->calls());
  return calls;
}

CallCounts difference(const CallCounts& after, const CallCounts& before) {
  return {.requests = after.requests - before.requests,
          .retries = after.retries - before.retries,
          .failures = after.failures - before.failures,
          .rate_limited = after.rate_limited - before.rate_limited,
          .bytes = after.bytes - before.bytes,
          .waited = after.waited - before.waited,
          .latency_total = after.latency_total - before.latency_total,
          .latency_max = after.latency_max};
}

// "20260102T030405-nightly-1a2b3c4d.json"
std::string report_name(const RunReport& report) {
  std::string time = format_iso(report.started);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return time + "-" + (report.job.empty() ? report.verb : report.job) + "-" + store::make_nonce() +
         ".json";
}

void remove_old_reports(const Folder& folder) {
  const auto names = folder.names();
  if (!names) return;
  std::vector<std::string> reports;
  std::copy_if(names->begin(), names->end(), std::back_inserter(reports),
               [](const std::string& n) { return !n.starts_with(".") && n.ends_with(".json"); });
  for (std::size_t i = 0; i + RunRecords::kKept < reports.size(); ++i) {
    // One that stays is removed by a later run.
    static_cast<void>(folder.remove_file(reports[i]));
  }
}

// Held while a report is written, so that one can tell what a dead writer left from what is being written. Nothing
// when it cannot be had within a second: the report matters more than tidiness.
std::optional<store::File> sole_keeper(const Folder& folder) {
  auto file = folder.open_lock(".lock");
  if (!file) return {};
  for (int i = 0; i < 100; ++i) {
    const auto held = file->try_lock();
    if (!held) return {};
    if (*held) return std::move(*file);
    Clock::system().pause(std::chrono::milliseconds{10});
  }
  return {};
}

void remove_unfinished_reports(const Folder& folder) {
  const auto names = folder.names();
  if (!names) return;
  for (const std::string& name : *names) {
    // One that stays is removed by a later run.
    if (name.starts_with(".") && name.ends_with(".tmp"))
      static_cast<void>(folder.remove_file(name));
  }
}

}  // namespace

RunRecords RunRecords::open(const Cache& cache) {
  return RunRecords{[&]() -> Result<Folder> {
    CHANDLER_TRY(const Folder root, Folder::open_root(FileSystem::system(), cache.root().string()));
    CHANDLER_TRY(const Folder metadata, root.make_folder("_metadata", Folder::Durable::no));
    return metadata.make_folder("runs", Folder::Durable::no);
  }()};
}

Result<store::File> RunRecords::lock(const std::string& job) const {
  if (!folder_) return folder_.error();
  CHANDLER_TRY(store::File file, folder_->open_lock("." + job + ".lock"));
  CHANDLER_TRY(const bool held, file.try_lock());
  if (!held) {
    const auto text = file.read_all(4096);
    std::string who = text ? *text : "";
    while (!who.empty() && who.back() == '\n') who.pop_back();
    return Error{ErrorKind::locked, "is already running: " + printable(who, 200), "job " + job,
                 "wait for it to end"};
  }
  if (file.truncate_to_nothing())
    static_cast<void>(file.write_all(store::lock_card(Clock::system())));
  return file;
}

Result<std::string> RunRecords::keep(const RunReport& report) const {
  const auto kept = [&]() -> Result<std::string> {
    if (!folder_) return folder_.error();
    const std::string name = report_name(report);
    const auto lock = sole_keeper(*folder_);
    if (lock) remove_unfinished_reports(*folder_);
    CHANDLER_CHECK(store::replace_file(*folder_, name, store::print_json(report_json(report))));
    remove_old_reports(*folder_);
    return "_metadata/runs/" + name;
  }();
  if (!kept) return kept.error().within("the report was not kept");
  return kept;
}

RunReport execute(const RunRequest& request, const RunSurroundings& surroundings,
                  const std::stop_token& stop) {
  using Steady = std::chrono::steady_clock;
  const Registry& registry = surroundings.sources.registry();
  RunReport report{.verb = request.verb, .job = request.job, .started = surroundings.cache.now()};
  const auto begin = Steady::now();
  const auto before = calls_so_far(registry);
  const auto retries = surroundings.sources.begin_run();
  RunResult result =
      run_series(request.series, request.options,
                 {surroundings.cache, surroundings.selector, surroundings.observer}, stop);
  report.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - begin);
  report.interrupted = result.interrupted;
  report.not_begun = result.not_begun;
  report.series = std::move(result.series);
  for (const auto& [provider, calls] : calls_so_far(registry)) {
    const CallCounts made = difference(calls, before.at(provider));
    const std::string& name = provider->capabilities().name;
    const bool tried =
        std::any_of(report.series.begin(), report.series.end(), [&](const SeriesReport& s) {
          return std::find(s.tried.begin(), s.tried.end(), name) != s.tried.end();
        });
    if (tried || made.requests > 0) report.providers.push_back({name, made, provider->breaker()});
  }
  std::sort(report.providers.begin(), report.providers.end(),
            [](const ProviderReport& a, const ProviderReport& b) { return a.name < b.name; });
  return report;
}

}  // namespace chandler
