// The answer is not what was asked for.
#pragma once

#include <string>
#include <utility>

#include "chandler/result.h"

namespace chandler::venue {

[[nodiscard]] inline Error unexpected(std::string what) {
  return Error{ErrorKind::data, std::move(what), "", ""};
}

}  // namespace chandler::venue
