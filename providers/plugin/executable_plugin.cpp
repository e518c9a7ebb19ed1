#include "plugin/executable_plugin.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

#include "plugin/csv_stream.h"
#include "plugin/failure.h"
#include "plugin/plugin_provider.h"
#include "plugin/run.h"
#include "plugin/working_folder.h"

namespace chandler::plugin {
namespace {

constexpr std::size_t kPieceRows = 10'000;
constexpr std::uint64_t kMostDescription = std::uint64_t{64} << 10U;
// What a bar may take as text, and how many more bars than the grid has are looked at before the
// plugin counts as flooding: the validator is to see and count what is off the grid.
constexpr std::uint64_t kMostBarText = 256;
constexpr std::uint64_t kMoreBars = 1000;

Trouble broken(Error error) { return {Trouble::Act::broken, std::move(error), {}}; }

std::string request_text(const RunRequest& request) {
  nlohmann::ordered_json document;
  document["symbol"] = request.instrument.symbol.name();
  document["timeframe"] = to_string(request.timeframe);
  document["from"] = format_iso(request.range.from);
  document["to"] = format_iso(request.range.to);
  using Json = nlohmann::ordered_json;
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::uint64_t most_output(const RunRequest& request) {
  const auto slots = (request.range.to - request.range.from) / nominal_length(request.timeframe);
  return (static_cast<std::uint64_t>(slots) + kMoreBars) * kMostBarText;
}

struct Program {
  std::filesystem::path file;
  ExecutableLimits limits;
  ColumnSet columns;
};

class ExecutableRun final : public Run {
 public:
  ExecutableRun(const Program& program, const PluginSettings& settings, RunRequest request)
      : program_(program),
        settings_(settings),
        request_(std::move(request)),
        csv_(program.columns, request_.range,
             [&settings](std::string text) { return settings.without_keys(std::move(text)); }) {}

  Piece next(const std::stop_token& stop) override {
    Piece piece;
    auto read = fill(piece, stop);
    if (read) {
      piece.bars = csv_.take();
      return piece;
    }
    process_.reset();
    piece.trouble = std::move(trouble_);
    if (!piece.trouble) piece.trouble = broken(std::move(read).error());
    return piece;
  }

 private:
  Result<void> fill(Piece& piece, const std::stop_token& stop) {
    if (process_ == nullptr) CHANDLER_CHECK(start());
    process_->renew_time();
    while (csv_.rows() < kPieceRows) {
      CHANDLER_TRY(const std::string_view text, process_->read(stop));
      piece.bytes += text.size();
      if (text.empty()) return end(piece);
      CHANDLER_CHECK(csv_.feed(text));
    }
    return {};
  }

  Result<void> start() {
    ProcessLimits limits = program_.limits.process;
    limits.time = program_.limits.fetch;
    limits.output = most_output(request_);
    CHANDLER_TRY(WorkingFolder folder, WorkingFolder::make());
    folder_.emplace(std::move(folder));
    CHANDLER_TRY(process_, Process::start({.program = program_.file,
                                           .arguments = {"fetch"},
                                           .environment = settings_.environment(),
                                           .folder = folder_->path(),
                                           .input = request_text(request_)},
                                          limits));
    return {};
  }

  Result<void> end(Piece& piece) {
    const std::string said = settings_.without_keys(std::string(process_->chatter()));
    if (!process_->ending().ok()) {
      trouble_ = failure_of(process_->ending(), said);
      return trouble_->error;
    }
    CHANDLER_CHECK(csv_.finish());
    piece.last = true;
    const std::string_view words = last_line(said);
    if (!words.empty()) piece.notes.push_back("it said: " + printable(std::string(words), 200));
    return {};
  }

  const Program& program_;
  const PluginSettings& settings_;
  const RunRequest request_;
  CsvStream csv_;
  std::optional<WorkingFolder> folder_;  // outlives the process
  std::unique_ptr<Process> process_;
  std::optional<Trouble> trouble_;
};

Result<std::string> describe(const std::filesystem::path& file, const Environment& environment,
                             const ExecutableLimits& limits, const std::stop_token& stop) {
  ProcessLimits process_limits = limits.process;
  process_limits.time = limits.describe;
  process_limits.output = kMostDescription;
  CHANDLER_TRY(const WorkingFolder folder, WorkingFolder::make());
  CHANDLER_TRY(const auto process,
               Process::start({.program = file,
                               .arguments = {"describe"},
                               .environment = PluginSettings::base_environment(environment),
                               .folder = folder.path(),
                               .input = ""},
                              process_limits));
  std::string text;
  for (;;) {
    CHANDLER_TRY(const std::string_view piece, process->read(stop));
    if (piece.empty()) break;
    text += piece;
  }
  if (!process->ending().ok()) {
    // There is no protocol for a description that fails; whatever it says is shown.
    const std::string_view words = last_line(process->chatter());
    return Error{ErrorKind::unavailable,
                 to_string(process->ending()) +
                     (words.empty() ? "" : ": " + printable(std::string(words), 160)),
                 "", "run it by hand with `describe` and mend it"};
  }
  return text;
}

class ExecutableSource final : public Source {
 public:
  ExecutableSource(Program program, Environment environment, PluginSettings settings)
      : program_(std::move(program)),
        environment_(std::move(environment)),
        settings_(std::move(settings)) {}

  std::unique_ptr<Run> start(RunRequest request) override {
    return std::make_unique<ExecutableRun>(program_, settings_, std::move(request));
  }
  Result<void> greet(const std::stop_token& stop) override {
    CHANDLER_TRY(const std::string text,
                 describe(program_.file, environment_, program_.limits, stop));
    CHANDLER_TRY(const Description again, parse_description(text));
    return {};
  }
  bool own_network() const override { return true; }
  CallCounts calls() const override { return {}; }
  BreakerState breaker() const override { return BreakerState::closed; }

 private:
  const Program program_;
  const Environment environment_;
  const PluginSettings settings_;
};

}  // namespace

Result<std::unique_ptr<Provider>> make_executable_plugin(const std::filesystem::path& file,
                                                         const Environment& environment,
                                                         const ContextOf& context,
                                                         const ExecutableLimits& limits) {
  const std::filesystem::path program = std::filesystem::absolute(file).lexically_normal();
  const auto text = describe(program, environment, limits, {});
  if (!text) return text.error().within(file.string() + " describe");
  auto description = parse_description(*text);
  if (!description) return description.error().within(file.string());
  CHANDLER_TRY(const ProviderContext made, context(description->capabilities.name));
  if (const auto fine = check_variables(*description, made); !fine)
    return fine.error().within(file.string());
  ExecutableLimits all = limits;
  all.fetch = made.settings.timeout.value_or(limits.fetch);
  auto source =
      std::make_unique<ExecutableSource>(Program{program, all, description->capabilities.columns},
                                         environment, PluginSettings(*description, made));
  return std::unique_ptr<Provider>(
      std::make_unique<PluginProvider>(*description, std::move(source), made));
}

}  // namespace chandler::plugin
