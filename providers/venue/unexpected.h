// The answer is not what was asked for. It may do better another time, or somebody else.
#pragma once

#include <string>
#include <utility>

#include "chandler/result.h"

namespace chandler::venue {

[[nodiscard]] inline Error unexpected(std::string what) {
  return Error{ErrorKind::data, std::move(what), "", "try again later, or use another provider"};
}

}  // namespace chandler::venue
