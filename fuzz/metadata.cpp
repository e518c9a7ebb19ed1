// YEAR.metadata.json: what is read is printed, and what is printed is read as the same again.
#include "store/metadata.h"

#include "fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace chandler;
  const std::string text(fuzz::text_of(data, size));
  const auto metadata = store::parse_metadata(text, "2024.metadata.json");
  if (!metadata) {
    fuzz::require(metadata.error().kind == ErrorKind::data ||
                  metadata.error().kind == ErrorKind::newer_schema);
    fuzz::require_shown(metadata.error().line());
    return 0;
  }
  static_cast<void>(metadata->rejected());
  static_cast<void>(metadata->incomplete());
  static_cast<void>(metadata->confirmed_missing());

  const std::string printed = store::print_metadata(*metadata);
  const auto again = store::parse_metadata(printed, "2024.metadata.json");
  fuzz::require(again.ok());
  fuzz::require(again->symbol == metadata->symbol && again->year == metadata->year &&
                again->content_sha256 == metadata->content_sha256 &&
                again->rows == metadata->rows && again->blocks.size() == metadata->blocks.size() &&
                again->gap_list.size() == metadata->gap_list.size() &&
                again->conflict_list.size() == metadata->conflict_list.size());
  fuzz::require(store::print_metadata(*again) == printed);
  return 0;
}
