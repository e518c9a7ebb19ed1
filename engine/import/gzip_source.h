// gzip, member after member (RFC 1952, section 2.2), unpacked as it is asked for.
#pragma once

#include <memory>

#include "import/byte_source.h"

namespace chandler::foreign {

// Checksum and length of every member are held; a cut or damaged one is an error. Zero bytes after
// the last member (tape padding) are passed over, anything else there is an error.
[[nodiscard]] std::unique_ptr<ByteSource> unpack_gzip(std::unique_ptr<ByteSource> packed);

}  // namespace chandler::foreign
