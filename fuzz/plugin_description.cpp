// What `NAME describe` prints.
#include "plugin/description.h"

#include "fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace chandler;
  using fuzz::require;
  const auto description = plugin::parse_description(fuzz::text_of(data, size));
  if (!description) {
    require(description.error().kind == ErrorKind::data);
    fuzz::require_shown(description.error().line());
    return 0;
  }
  const Capabilities& can = description->capabilities;
  require(is_provider_name(can.name) && !can.classes.empty() && !can.timeframes.empty());
  require(can.reliability >= 0 && can.reliability <= 1);
  require(!description->page_bars || *description->page_bars > 0);
  for (const RateLimit& limit : can.rate_limits) require(limit.units > 0);
  for (const auto* names : {&can.key_variables, &description->variables}) {
    for (const std::string& name : *names) {
      require(!name.empty() && name.find_first_of(std::string_view("=\0\n", 3)) == name.npos);
    }
  }
  const Instant now = from_epoch(1'700'000'000);
  for (const Timeframe tf : kAllTimeframes) static_cast<void>(can.reaches_back_to(tf, now));
  return 0;
}
