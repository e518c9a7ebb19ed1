// Uses the installed library as a stranger would: makes bars, rolls them up, writes them as Arrow.
#include <chandler/chandler.h>

#include <cstddef>
#include <cstdio>
#include <span>

namespace {

chandler::BarSeries made_up_day() {
  chandler::BarSeries bars;
  bars.resize(24 * 60);
  const chandler::Instant start = *chandler::parse_exact("2024-02-29 00:00:00");
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double price = 100 + 0.25 * static_cast<double>(i % 60);
    bars.timestamp[i] = start + chandler::seconds{60 * static_cast<long>(i)};
    bars.open[i] = bars.close[i] = price;
    bars.high[i] = price + 1;
    bars.low[i] = price - 1;
    bars.volume[i] = 0.5;
  }
  return bars;
}

chandler::Result<std::size_t> arrow_size(const chandler::BarSeries& bars) {
  std::size_t size = 0;
  chandler::ArrowWriter writer([&size](std::span<const std::byte> bytes) -> chandler::Result<void> {
    size += bytes.size();
    return {};
  });
  CHANDLER_CHECK(writer.write(bars));
  CHANDLER_CHECK(writer.finish());
  return size;
}

}  // namespace

int main() {
  const auto timeframe = chandler::parse_timeframe("1h");
  const auto size = arrow_size(made_up_day());
  if (!timeframe || !size) return 1;
  std::printf("%s %zu bytes\n", std::string(chandler::to_string(*timeframe)).c_str(), *size);
  return *size > made_up_day().size() * 48 ? 0 : 1;
}
