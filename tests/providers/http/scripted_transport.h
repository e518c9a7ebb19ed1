// A source that answers as the test wrote it down.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "http/client.h"

namespace chandler::http::test {

[[nodiscard]] inline Response answer(int status, std::vector<Field> headers = {},
                                     std::string body = {}) {
  Response response;
  response.status = status;
  response.headers = std::move(headers);
  response.body = std::move(body);
  response.wire_bytes = 100;
  response.took = std::chrono::milliseconds{40};
  return response;
}

[[nodiscard]] inline Error failure(ErrorKind kind, std::string what = "the connection broke") {
  return {kind, std::move(what), "", ""};
}

class ScriptedTransport final : public Transport {
 public:
  using Step = std::function<Result<Response>(const Request&)>;

  void then(Result<Response> result, int times = 1) {
    for (int i = 0; i < times; ++i)
      steps_.emplace_back([result](const Request&) { return result; });
  }
  void then(Step step) { steps_.push_back(std::move(step)); }

  [[nodiscard]] Result<Response> get(const Request& request, const std::stop_token&) override {
    Step step;
    {
      const std::lock_guard lock(guard_);
      ++asked_;
      if (steps_.empty()) return answer(200);
      step = std::move(steps_.front());
      steps_.pop_front();
    }
    return step(request);
  }
  [[nodiscard]] Exchanged exchange(const Request& request, const std::stop_token& stop) override {
    {
      const std::lock_guard lock(guard_);
      if (unknown_) return {failure(ErrorKind::unavailable, "no such name"), false, true};
      if (unreachable_ > 0) {
        --unreachable_;
        return {failure(ErrorKind::unavailable, "no connection"), false};
      }
    }
    return {get(request, stop), true};
  }
  // So many requests at first never leave this machine.
  void be_unreachable(int times) {
    const std::lock_guard lock(guard_);
    unreachable_ = times;
  }
  // Nobody knows its name.
  void be_unknown() {
    const std::lock_guard lock(guard_);
    unknown_ = true;
  }
  [[nodiscard]] int asked() const {
    const std::lock_guard lock(guard_);
    return asked_;
  }

 private:
  mutable std::mutex guard_;
  std::deque<Step> steps_;
  int asked_ = 0;
  int unreachable_ = 0;
  bool unknown_ = false;
};

}  // namespace chandler::http::test
