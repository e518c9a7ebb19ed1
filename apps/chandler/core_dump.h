// The memory of a program that crashes is not written to the disk: there may be keys in it.
#pragma once

namespace chandler::cli {

// For this process and what it starts. Collectors of core dumps (systemd's, for one) obey it, too.
void leave_no_core_dump();

}  // namespace chandler::cli
