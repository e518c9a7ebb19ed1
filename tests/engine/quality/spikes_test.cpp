#include "quality/spikes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

namespace chandler::quality {
namespace {

// How far one step goes, in units of the usual step.
using Step = double (*)(std::mt19937_64&);

double normal(std::mt19937_64& random) { return std::normal_distribution<double>()(random); }
double fat_tailed(std::mt19937_64& random) {
  return std::student_t_distribution<double>(3)(random);
}
double mostly_nothing(std::mt19937_64& random) { return random() % 4 == 0 ? normal(random) : 0.0; }
double one_up_one_down(std::mt19937_64& random) { return random() % 2 == 0 ? 1.0 : -1.0; }
double drifting(std::mt19937_64& random) { return 3 + normal(random); }

struct Market {
  const char* name;
  Step step;
};
constexpr Market kMarkets[] = {{"normal", normal},
                               {"fat tails", fat_tailed},
                               {"mostly nothing", mostly_nothing},
                               {"one up, one down", one_up_one_down},
                               {"drifting", drifting}};

std::vector<double> walk(std::mt19937_64& random, const Market& market, std::size_t bars,
                         double usual_step) {
  std::vector<double> closes(bars);
  double price = 100;
  for (double& close : closes) close = price *= std::exp(usual_step * market.step(random));
  return closes;
}

// Bars thrust out so far that some of them lie on either side of what counts as a spike.
void thrust(std::mt19937_64& random, std::vector<double>& closes, double usual_step) {
  std::uniform_real_distribution<double> sigmas(5, 30);
  for (int i = 0; i < 3; ++i) {
    const double way = random() % 2 == 0 ? 1 : -1;
    closes[random() % closes.size()] *= std::exp(way * usual_step * sigmas(random));
  }
}

TEST(Spikes, AreTheSameWhetherLookedForAtLengthOrNot) {
  std::mt19937_64 random(7);
  std::size_t with_spikes = 0;
  std::size_t without = 0;
  for (const Market& market : kMarkets) {
    for (const double usual_step : {1e-6, 3e-4, 5e-3, 0.2}) {
      for (const std::size_t bars : {11U, 256U, 1000U, 4096U}) {
        for (int i = 0; i < 12; ++i) {
          std::vector<double> closes = walk(random, market, bars, usual_step);
          if (i % 3 != 0) thrust(random, closes, usual_step);
          const auto expected = find_spikes_at_length(closes);
          ASSERT_EQ(find_spikes(closes), expected)
              << market.name << ", step " << usual_step << ", " << bars << " bars, the " << i;
          ++(expected.empty() ? without : with_spikes);
        }
      }
    }
  }
  EXPECT_GT(with_spikes, 100U);
  EXPECT_GT(without, 100U);
}

TEST(Spikes, OfABlockInWhichNothingMovesButOnceAreFound) {
  std::vector<double> closes(4096, 10.0);
  EXPECT_TRUE(find_spikes(closes).empty());

  closes[1000] = 10.01;

  EXPECT_EQ(find_spikes(closes), (std::vector<std::size_t>{1000}));
}

TEST(Spikes, ThatComeBackFromHundredfoldAreFound) {
  std::mt19937_64 random(3);
  std::vector<double> closes = walk(random, kMarkets[0], 4096, 1e-3);
  closes[77] *= 100;

  EXPECT_EQ(find_spikes(closes), (std::vector<std::size_t>{77}));
}

}  // namespace
}  // namespace chandler::quality
