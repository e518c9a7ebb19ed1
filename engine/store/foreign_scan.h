// A year file that Chandler did not write, looked at without trust. Only members whose checksum was
// seen to be right are used; of a file that was cut, also the whole lines before the cut.
#pragma once

#include <cstddef>
#include <span>

#include "store/year_scan.h"

namespace chandler::store {

void scan_foreign(std::span<const std::byte> data, int year, YearScan& scan);

}  // namespace chandler::store
