#include "core_dump.h"

#include <sys/resource.h>

namespace chandler::cli {

void leave_no_core_dump() {
  struct rlimit none {};  // of 0 bytes, for good
  // To lower a limit is always allowed.
  (void)::setrlimit(RLIMIT_CORE, &none);
}

}  // namespace chandler::cli
