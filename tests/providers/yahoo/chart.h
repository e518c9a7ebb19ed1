// Charts for tests, in Yahoo's shape.
#pragma once

#include <string>
#include <vector>

#include "chandler/time.h"

namespace chandler::testing {

struct ChartText {
  std::string interval = "1d";
  std::string zone = "America/New_York";
  std::string type = "EQUITY";
  std::string currency = "USD";
  std::string regular = R"("start":1718285400,"end":1718308800)";  // 2024-06-13, 09:30 to 16:00
  std::vector<Instant> times{};
  std::string volume = "100";
  bool adjusted = true;
  std::string splits{};  // what stands in "splits"

  [[nodiscard]] std::string text() const {
    std::string out = R"({"chart":{"result":[{"meta":{"currency":")" + currency +
                      R"(","symbol":"X","instrumentType":")" + type +
                      R"(","exchangeTimezoneName":")" + zone +
                      R"(","gmtoffset":-18000,"currentTradingPeriod":{"regular":{)" + regular +
                      R"(}},"dataGranularity":")" + interval + R"("})";
    if (times.empty()) return out + R"(,"indicators":{"quote":[{}]}}],"error":null}})";
    std::string stamps;
    for (const Instant t : times) {
      stamps += (stamps.empty() ? "" : ",") + std::to_string(epoch_seconds(t));
    }
    out += R"(,"timestamp":[)" + stamps + "]";
    if (!splits.empty()) out += R"(,"events":{"splits":)" + splits + "}";
    out += R"(,"indicators":{"quote":[{)";
    out += R"("open":)" + column("10") + R"(,"high":)" + column("12") + R"(,"low":)" + column("9") +
           R"(,"close":)" + column("11") + R"(,"volume":)" + column(volume) + "}]";
    if (adjusted) out += R"(,"adjclose":[{"adjclose":)" + column("10.5") + "}]";
    return out + R"(}}],"error":null}})";
  }

 private:
  [[nodiscard]] std::string column(const std::string& value) const {
    std::string out;
    for (std::size_t i = 0; i < times.size(); ++i) out += (out.empty() ? "" : ",") + value;
    return "[" + out + "]";
  }
};

}  // namespace chandler::testing
