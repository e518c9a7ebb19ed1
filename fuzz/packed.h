// Text as gzip and as zip, so that mutations reach what lies behind the checksums.
#pragma once

#include <zip.h>
#include <zlib.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/require.h"

namespace chandler::fuzz {

// One member.
inline std::string gzipped(std::string_view text) {
  z_stream z{};
  require(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  require(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  return out;
}

// False when libzip does not take one of the names.
inline bool write_zip(const std::filesystem::path& file,
                      const std::vector<std::pair<std::string, std::string_view>>& members) {
  zip_t* const archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  require(archive != nullptr);
  for (const auto& [name, text] : members) {
    zip_source_t* const source = zip_source_buffer(archive, text.data(), text.size(), 0);
    if (zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_GUESS) >= 0) continue;
    zip_source_free(source);
    zip_discard(archive);
    return false;
  }
  if (zip_close(archive) == 0) return true;
  zip_discard(archive);
  return false;
}

}  // namespace chandler::fuzz
