#include "http/limits.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "http/limits_file.h"
#include "store/sha256.h"

namespace chandler::http {
namespace {

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

}  // namespace

std::string default_limits_folder(
    const std::function<std::optional<std::string>(std::string_view)>& environment) {
  // The specification wants relative paths ignored.
  if (const auto state = environment("XDG_STATE_HOME"); state && state->starts_with('/'))
    return *state + "/chandler/limits";
  if (const auto home = environment("HOME"); home && home->starts_with('/'))
    return *home + "/.local/state/chandler/limits";
  return {};
}

std::string limits_name(std::string_view provider, std::string_view account) {
  constexpr std::size_t kLongest = 32;
  std::string name(provider.substr(0, kLongest));
  const bool good = !name.empty() && name[0] != '.' && provider.size() <= kLongest &&
                    std::all_of(name.begin(), name.end(), plain);
  if (!good) name = "provider-" + store::short_digest(provider);
  if (!account.empty()) name += "-" + store::short_digest(account);
  return name;
}

SharedLimits::SharedLimits(std::string folder, FileSystem& files)
    : folder_(std::move(folder)), files_(files) {}

Result<LimitsFile> SharedLimits::open_file(const std::string& name) const {
  auto file = LimitsFile::open(files_, folder_, name);
  if (file || file.error().kind != ErrorKind::not_found) return file;
  std::error_code ignored;  // opening says what is wrong
  std::filesystem::create_directories(std::filesystem::path(folder_).parent_path(), ignored);
  static_cast<void>(::mkdir(folder_.c_str(), 0700));
  return LimitsFile::open(files_, folder_, name);
}

Result<void> SharedLimits::with_file(const std::string& name, const Now& now,
                                     const std::function<bool(UsageLog&, Moment)>& change) {
  CHANDLER_TRY(LimitsFile file, open_file(name));
  CHANDLER_TRY(const std::optional<std::string> text, file.read());
  std::optional<UsageLog> log = text ? UsageLog::parse(*text) : UsageLog{};
  const bool damaged = !log;
  if (damaged) log = own_[name];  // a block this process knows of still holds
  const Moment settled = log->settle(now());
  if (damaged) {
    log->use_up(settled);
    note_ = file.path() + ".limits cannot be understood, so the limits count as used up by now; " +
            "remove the file to start anew";
  }
  const bool changed = change(*log, settled);
  own_[name] = *log;
  if (!changed && !damaged) return {};
  return file.replace(log->text());
}

void SharedLimits::with_log(const std::string& name, const Now& now,
                            const std::function<bool(UsageLog&, Moment)>& change) {
  const std::lock_guard lock(guard_);
  if (!folder_.empty()) {
    // A grant that could not be written down is kept in own_, and so are all later ones.
    bool decided = false;
    const auto done = with_file(name, now, [&](UsageLog& log, Moment settled) {
      decided = true;
      return change(log, settled);
    });
    if (!done) {
      note_ = "rate limits are not shared with other processes: " + done.error().line();
      folder_.clear();
    }
    if (decided) return;
  }
  UsageLog& log = own_[name];
  static_cast<void>(change(log, log.settle(now())));
}

Result<SharedLimits::Answer> SharedLimits::reserve(const std::string& name,
                                                   std::span<const RateLimit> limits,
                                                   std::uint32_t cost, const Now& now) {
  for (const RateLimit& limit : limits) {
    if (cost <= limit.units) continue;
    return Error{ErrorKind::usage,
                 "one request weighs " + std::to_string(cost) + ", more than the rate limit " +
                     to_string(limit) + " ever allows",
                 name, "set a higher rate_limit"};
  }
  Answer answer;
  with_log(name, now, [&](UsageLog& log, Moment settled) {
    const Moment free = log.free_at(limits, cost, settled);
    answer = {free <= settled, free};
    if (answer.granted) log.take(limits, cost, settled);
    return answer.granted;
  });
  return answer;
}

void SharedLimits::give_back(const std::string& name, std::span<const RateLimit> limits,
                             std::uint32_t cost, Moment granted, const Now& now) {
  with_log(name, now, [&](UsageLog& log, Moment settled) {
    log.give_back(limits, cost, granted, settled);
    return true;
  });
}

void SharedLimits::note_used(const std::string& name, const RateLimit& limit, std::uint32_t used,
                             const Now& now) {
  {
    // What was seen last is as much or less than what others have used by now: where it is enough,
    // the file has nothing to learn.
    const std::lock_guard lock(guard_);
    const auto known = own_.find(name);
    if (known != own_.end() && known->second.covers(limit, used, now())) return;
  }
  with_log(name, now,
           [&](UsageLog& log, Moment settled) { return log.raise(limit, used, settled); });
}

void SharedLimits::block_until(const std::string& name, Moment until, const Now& now) {
  with_log(name, now, [&](UsageLog& log, Moment settled) {
    log.block(until, settled);
    return true;
  });
}

std::string SharedLimits::note() const {
  const std::lock_guard lock(guard_);
  return note_;
}

}  // namespace chandler::http
