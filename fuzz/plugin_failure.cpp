// The last line on stderr of an executable plugin that failed. The first two bytes: exit code and
// signal.
#include "plugin/failure.h"

#include "fuzz/pieces.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace chandler;
  fuzz::Pieces pieces(data, size);
  plugin::Ending ending;
  ending.code = pieces.byte();
  ending.signal = pieces.byte() % 32;

  const plugin::Trouble trouble = plugin::failure_of(ending, pieces.rest());

  const std::string line = trouble.error.line();
  fuzz::require(!line.empty() && line.size() < 2048);
  fuzz::require_shown(line);
  if (trouble.wait) {
    fuzz::require(trouble.wait->count() >= 0 && trouble.wait->count() <= 86'400'000);
  }
  return 0;
}
