// What the plugin tests stand on: a folder of scripts, a clock that waits for nobody, and the
// context a provider is made in.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "http/limits.h"
#include "plugin/executable_plugin.h"
#include "provider_context.h"

namespace chandler::plugin {

inline Instant at(std::string_view text) { return parse_exact(text).value(); }

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "chandler-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(const std::string& name, const std::string& text) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file;
  }
  // Goes back from its working folder to its own, where the test looks for what it leaves.
  std::filesystem::path script(const std::string& name, const std::string& text) const {
    return bare_script(name, "cd \"${0%/*}\" || exit 9\n" + text);
  }
  std::filesystem::path bare_script(const std::string& name, const std::string& text) const {
    const std::filesystem::path made = file(name, "#!/bin/sh\n" + text);
    std::filesystem::permissions(made, std::filesystem::perms::owner_all);
    return made;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream in(path_ / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::filesystem::path path_;
};

// Stands still; waiting moves it on.
class HandTimer final : public http::Timer {
 public:
  explicit HandTimer(Instant now) : now_(now) {}
  [[nodiscard]] http::Moment now() const override { return now_; }
  [[nodiscard]] bool wait_until(http::Moment moment, const std::stop_token& stop) override {
    if (stop.stop_requested()) return false;
    waits.push_back(moment - now_);
    now_ = std::max(now_, moment);
    return true;
  }
  void go_on(std::chrono::milliseconds time) { now_ += time; }
  std::vector<std::chrono::milliseconds> waits;

 private:
  http::Moment now_;
};

// Answers as it is told.
class ScriptedTransport final : public http::Transport {
 public:
  [[nodiscard]] Result<http::Response> get(const http::Request& request,
                                           const std::stop_token& /*stop*/) override {
    asked.push_back(request);
    return answer(request);
  }
  std::vector<http::Request> asked;
  std::function<Result<http::Response>(const http::Request&)> answer =
      [](const http::Request&) -> Result<http::Response> { return http::Response{.status = 200}; };
};

class PluginTest : public ::testing::Test {
 protected:
  [[nodiscard]] Environment environment() {
    return [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(std::string(name));
      if (found == variables.end()) return {};
      return found->second;
    };
  }
  [[nodiscard]] ProviderContext context() {
    return {.transport = transport,
            .limits = limits,
            .timer = timer,
            .environment = environment(),
            .settings = settings,
            .retry = retry,
            .breaker = breaker,
            .keys = keys,
            .others_keys = others_keys};
  }
  [[nodiscard]] ContextOf context_of() {
    return [this](const std::string& name) {
      asked_name = name;
      return context();
    };
  }
  [[nodiscard]] Result<std::unique_ptr<Provider>> executable(const std::filesystem::path& file) {
    return make_executable_plugin(file, environment(), context_of(), executable_limits);
  }

  static FetchRequest request(const std::string& symbol, Timeframe timeframe, TimeRange range) {
    return {.instruments = {{.symbol = *Symbol::parse(symbol), .asset_class = AssetClass::crypto}},
            .timeframe = timeframe,
            .range = range};
  }

  struct Fetched {
    std::vector<BarPage> pages{};
    BarSeries bars{};
    std::optional<Error> error{};
  };
  static Fetched fetch(Provider& provider, FetchRequest request, const std::stop_token& stop = {}) {
    Fetched fetched;
    auto stream = provider.fetch(std::move(request));
    if (!stream) {
      fetched.error = stream.error();
      return fetched;
    }
    for (;;) {
      auto page = (*stream)->next(stop);
      if (!page) fetched.error = page.error();
      if (!page || !*page) return fetched;
      fetched.bars.append((**page).bars);
      fetched.pages.push_back(std::move(**page));
    }
  }

  TempFolder folder;
  HandTimer timer{at("2024-06-01 12:00:30")};
  http::SharedLimits limits;
  ScriptedTransport transport;
  std::map<std::string, std::string> variables{{"PATH", "/usr/bin:/bin"}};
  ProviderSettings settings;
  Environment keys;
  std::map<std::string, std::string> others_keys;
  http::RetryPolicy retry;
  http::BreakerPolicy breaker;
  ExecutableLimits executable_limits;
  std::string asked_name;
};

}  // namespace chandler::plugin
