// Rate limits that all threads and all processes of this user on this machine keep together.
//
//   SharedLimits limits(default_limits_folder(getenv));
//   CHANDLER_TRY(auto answer, limits.reserve("binance", rates, 2, [&] { return timer.now(); }));
//   if (!answer.granted) ask again at answer.at;
//
// The promise: over any window of a limit's length the units granted never exceed the limit, as
// long as the wall clock is not set forward. It is the wall clock because "25 a day" outlives a
// reboot. A limits file that cannot be understood counts as all used up at this moment, and note()
// says so; without a folder that can be written, each process keeps the limits for itself, and
// note() says that.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "chandler/file_system.h"
#include "chandler/provider.h"
#include "chandler/result.h"
#include "http/client.h"
#include "http/usage_log.h"

namespace chandler::http {

// $XDG_STATE_HOME/chandler/limits, else ~/.local/state/chandler/limits; "" when neither variable is
// set.
[[nodiscard]] std::string default_limits_folder(
    const std::function<std::optional<std::string>(std::string_view)>& environment);

// The name under which a provider's usage is kept. Of the account only a digest is in it.
[[nodiscard]] std::string limits_name(std::string_view provider, std::string_view account);

class LimitsFile;

// Safe from several threads, and from processes forked while none of them is in a call.
class SharedLimits {
 public:
  // The clock. It is read while the log is locked, so that all that use it stand in one order.
  using Now = std::function<Moment()>;

  struct Answer {
    bool granted = false;
    Moment at;  // granted: when the log says it was; else the earliest moment to ask again
  };

  // For this process only.
  SharedLimits() : SharedLimits("") {}
  // Makes the folder, mode 0700, when it is needed. Empty: for this process only.
  explicit SharedLimits(std::string folder, FileSystem& files = FileSystem::system());

  // All limits grant or none does. The only error is of kind usage: a cost above a limit.
  [[nodiscard]] Result<Answer> reserve(const std::string& name, std::span<const RateLimit> limits,
                                       std::uint32_t cost, const Now& now);
  // What was granted then was not used: the request never left this machine.
  void give_back(const std::string& name, std::span<const RateLimit> limits, std::uint32_t cost,
                 Moment granted, const Now& now);
  // The source says that so many units of its current window are used up.
  void note_used(const std::string& name, const RateLimit& limit, std::uint32_t used,
                 const Now& now);
  // Nobody is granted anything before `until`.
  void block_until(const std::string& name, Moment until, const Now& now);

  // The same for a clock that was read a moment ago. The promise holds as long as that was less than
  // five seconds; later it cannot be told from a clock that was set back.
  [[nodiscard]] Result<Answer> reserve(const std::string& name, std::span<const RateLimit> limits,
                                       std::uint32_t cost, Moment now) {
    return reserve(name, limits, cost, [now] { return now; });
  }
  void block_until(const std::string& name, Moment until, Moment now) {
    block_until(name, until, [now] { return now; });
  }

  // What a user should know of how the limits are kept; empty: all is well.
  [[nodiscard]] std::string note() const;

 private:
  // Reads the log, lets `change` look at it, and writes it back when `change` says so.
  void with_log(const std::string& name, const Now& now,
                const std::function<bool(UsageLog&, Moment now)>& change);
  [[nodiscard]] Result<void> with_file(const std::string& name, const Now& now,
                                       const std::function<bool(UsageLog&, Moment)>& change);
  [[nodiscard]] Result<LimitsFile> open_file(const std::string& name) const;

  mutable std::mutex guard_;
  std::string folder_;  // empty: no longer, or never, shared
  FileSystem& files_;
  std::map<std::string, UsageLog> own_;  // as last seen; what counts when nothing is shared
  std::string note_;
};

}  // namespace chandler::http
