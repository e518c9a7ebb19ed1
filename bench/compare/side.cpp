#include "side.h"

#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>

namespace chandler::bench {
namespace {

double seconds_by(clockid_t clock) {
  timespec now{};
  if (::clock_gettime(clock, &now) != 0) return 0;
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

nlohmann::json introduction(const Side& side) {
  nlohmann::json names = nlohmann::json::array();
  for (const auto& [name, task] : side.tasks) names.push_back(name);
  return {{"side", side.name},
          {"version", side.version},
          {"threads", side.threads},
          {"tasks", std::move(names)}};
}

nlohmann::json answer(const Side& side, const std::string& asked) {
  for (const auto& [name, task] : side.tasks) {
    if (name != asked) continue;
    std::optional<Stopwatch> watch;
    const Result<Found> found = task(watch);
    if (!found) return {{"error", found.error().line()}};
    if (!watch) return {{"error", "the task did not start the clock"}};
    nlohmann::json j{
        {"wall", watch->wall()}, {"cpu", watch->cpu()}, {"rows", found->rows}, {"sum", found->sum}};
    for (const auto& [key, value] : found->more) j[key] = value;
    return j;
  }
  return {{"error", "there is no such task"}};
}

}  // namespace

Stopwatch::Stopwatch()
    : wall_(-seconds_by(CLOCK_MONOTONIC)), cpu_(-seconds_by(CLOCK_PROCESS_CPUTIME_ID)) {}

void Stopwatch::stop() {
  cpu_ += seconds_by(CLOCK_PROCESS_CPUTIME_ID);
  wall_ += seconds_by(CLOCK_MONOTONIC);
}

int serve(const Side& side) {
  std::cout << introduction(side).dump() << std::endl;
  for (std::string line; std::getline(std::cin, line) && !line.empty();) {
    std::cout << answer(side, line).dump() << std::endl;
  }
  return 0;
}

double sum_of(std::span<const double> values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum;
}

}  // namespace chandler::bench
