// What fuzzing begins with and what it has found, without a fuzzer: each target takes each file of
// its corpus, as it is and with some of its bytes changed. A target that finds something wrong ends
// the process.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <system_error>

#include "fuzz/seeds.h"
#include "targets.h"
#include "tests/support/effort.h"

namespace chandler::fuzz {
namespace {

std::vector<Seed> kept_seeds(const std::string& target) {
  const auto folder = std::filesystem::path(CHANDLER_SOURCE_DIR) / "fuzz" / "corpus" / target;
  std::vector<Seed> seeds;
  std::error_code none;  // of some targets every seed is made
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    std::ifstream in(entry.path(), std::ios::binary);
    seeds.push_back(
        {target, entry.path().filename().string(), {std::istreambuf_iterator<char>(in), {}}});
  }
  return seeds;
}

std::vector<Seed> seeds_of(const std::string& target) {
  static const std::vector<Seed> made = made_seeds();
  std::vector<Seed> seeds = kept_seeds(target);
  std::copy_if(made.begin(), made.end(), std::back_inserter(seeds),
               [&](const Seed& seed) { return seed.target == target; });
  std::sort(seeds.begin(), seeds.end(),
            [](const Seed& a, const Seed& b) { return a.name < b.name; });
  return seeds;
}

// The same on every machine, as far as the seeds are.
std::string changed(std::string bytes, std::mt19937& dice) {
  for (std::size_t changes = 1 + dice() % 3; changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = dice() % bytes.size();
    const std::size_t length = std::min<std::size_t>(bytes.size() - at, 1 + dice() % 16);
    switch (dice() % 5) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << dice() % 8));
        break;
      case 1:
        bytes[at] = static_cast<char>(dice());
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(dice() % bytes.size(), bytes.substr(at, length));
        break;
      default:
        bytes.resize(at);
        break;
    }
  }
  return bytes;
}

class FuzzCorpus : public ::testing::TestWithParam<Target> {
 protected:
  static void run(const std::string& bytes) {
    GetParam().run(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }
};

TEST_P(FuzzCorpus, IsReplayed) {
  const std::vector<Seed> seeds = seeds_of(GetParam().name);
  ASSERT_FALSE(seeds.empty());

  run("");
  for (const Seed& seed : seeds) run(seed.bytes);
}

TEST_P(FuzzCorpus, IsReplayedWithSomeBytesChanged) {
  std::mt19937 dice(1);
  const int turns = test::long_tests() ? 2000 : 15;
  for (const Seed& seed : seeds_of(GetParam().name)) {
    for (int turn = 0; turn < turns; ++turn) run(changed(seed.bytes, dice));
  }
}

INSTANTIATE_TEST_SUITE_P(Of, FuzzCorpus, ::testing::ValuesIn(targets().begin(), targets().end()),
                         [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace chandler::fuzz
