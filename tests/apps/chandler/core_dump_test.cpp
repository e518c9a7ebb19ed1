#include "core_dump.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/support/child.h"

namespace chandler::cli {
namespace {

TEST(CoreDump, IsNotLeft) {
  const int code = test::Child::run([] {
    struct rlimit limit {};
    leave_no_core_dump();
    if (::getrlimit(RLIMIT_CORE, &limit) != 0) return 1;
    return limit.rlim_cur == 0 && limit.rlim_max == 0 ? 0 : 2;
  });

  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace chandler::cli
