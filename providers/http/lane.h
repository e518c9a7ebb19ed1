// libcurl's handles, one set a transfer, kept with the connections they leave open.
#pragma once

#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "http/curl_handles.h"

namespace chandler::http {

// One transfer at a time, and the connections it leaves open. libcurl's own sharing of connections
// between threads is not dependable, so each lane has its own.
struct Lane {
  CurlMultiHandle multi{curl().multi_init()};
  CurlHandle easy{curl().easy_init()};
  std::string origin{};  // of its last transfer
};

// Runs the transfer of the lane's easy handle to its end. nullopt: asked to stop before; then it
// ends within milliseconds.
[[nodiscard]] std::optional<CURLcode> perform(Lane& lane, const std::stop_token& stop);

// Lanes that are not in use. Safe from several threads.
class LanePool {
 public:
  explicit LanePool(std::size_t most) : most_(most) {}

  // Preferably one with an open connection to `origin`, the latest used first, so that the others'
  // may time out.
  [[nodiscard]] Lane take(const std::string& origin);
  void give_back(Lane lane);

 private:
  const std::size_t most_;
  std::mutex guard_;
  std::vector<Lane> idle_;
};

}  // namespace chandler::http
