// A DataManager over a cache of its own, with the sandbox as the only provider and a clock that
// stands still.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "chandler/data_manager.h"
#include "sandbox/market.h"
#include "tests/engine/store/store_support.h"
#include "tests/providers/http/temporary_folder.h"

namespace chandler::test {

class ManagerTest : public ::testing::Test {
 protected:
  ManagerTest() {
    std::string rules;
    for (const char* asset_class : {"crypto", "stock", "forex", "unknown"}) {
      rules += std::string(rules.empty() ? "" : ", ") + R"({"class": ")" + asset_class +
               R"(", "providers": ["sandbox"]})";
    }
    std::ofstream(folder.in("chandler.json")) << R"({"selection": [)" + rules + "]}";
  }

  [[nodiscard]] DataManagerOptions options(const std::string& faults = "") const {
    return {.cache = root(),
            .config = folder.in("chandler.json"),
            .environment = [home = folder.in("home"),
                            faults](std::string_view name) -> std::optional<std::string> {
              if (name == "HOME") return home;
              if (name == "CHANDLER_SANDBOX_FAULTS") return faults;
              return {};
            },
            .clock = &clock};
  }
  [[nodiscard]] static DataManager open(DataManagerOptions options) {
    auto manager = DataManager::open(std::move(options));
    if (!manager) throw std::runtime_error(manager.error().line());
    return std::move(*manager);
  }
  [[nodiscard]] DataManager open(const std::string& faults = "") const {
    return open(options(faults));
  }
  [[nodiscard]] std::filesystem::path root() const { return folder.path() / "cache"; }

  // What the sandbox's market really did.
  [[nodiscard]] static BarSeries truth(const char* symbol, AssetClass asset_class, Timeframe tf,
                                       const char* from, const char* to) {
    const sandbox::Market market(*Symbol::parse(symbol), asset_class);
    return market.bars(tf, {*parse_when(from, {}), *parse_when(to, {})}, 1'000'000);
  }

  // The reports of the runs so far, oldest first.
  [[nodiscard]] std::vector<nlohmann::json> runs() const {
    std::map<std::string, nlohmann::json> reports;
    const auto place = root() / "_metadata" / "runs";
    if (!std::filesystem::exists(place)) return {};
    for (const auto& entry : std::filesystem::directory_iterator(place)) {
      std::ifstream file(entry.path());
      if (entry.path().extension() == ".json")
        reports.emplace(entry.path().filename().string(), nlohmann::json::parse(file));
    }
    std::vector<nlohmann::json> in_order;
    for (auto& [name, report] : reports) in_order.push_back(std::move(report));
    return in_order;
  }
  // Pages that were asked for so far.
  [[nodiscard]] std::uint64_t pages() const {
    std::uint64_t sum = 0;
    for (const auto& run : runs()) {
      for (const auto& series : run["series"]) sum += series["pages"].get<std::uint64_t>();
    }
    return sum;
  }

  http::test::TemporaryFolder folder;
  FixedClock clock{"2026-01-01 00:00:00"};
};

inline std::vector<std::string> times_of(const BarSeries& bars) {
  std::vector<std::string> times;
  for (const Instant t : bars.timestamp) times.push_back(format_instant(t));
  return times;
}

}  // namespace chandler::test
