// Bars out of the lines of one text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "chandler/foreign_csv.h"
#include "import/fields.h"
#include "import/layout.h"
#include "import/line_stream.h"

namespace chandler::foreign {

class BarReader {
 public:
  // `shown` is what rejected lines call the file; `file` is the name that tells the preset.
  [[nodiscard]] static Result<BarReader> open(std::unique_ptr<ByteSource> bytes,
                                              const Wishes& wishes, const std::string& shown,
                                              const std::filesystem::path& file);

  [[nodiscard]] ForeignPreset preset() const { return layout_.preset; }

  // Adds bars and rejected lines to the (empty) batch until there are max_rows of them; false at
  // the end of the text.
  [[nodiscard]] Result<bool> read(ForeignBatch& batch, std::size_t max_rows);

 private:
  explicit BarReader(std::unique_ptr<ByteSource> bytes, std::string shown)
      : lines_(std::move(bytes)), splitter_(',', {}), shown_(std::move(shown)) {}

  Result<char*> next_line();
  Result<void> skip_more_header();
  void read_line(char* line, ForeignBatch& batch);
  // `at` is set as soon as the line's time is known.
  std::optional<Rule> read_fields(const Slots& slots, ForeignBatch& batch,
                                  std::optional<Instant>& at);
  // A file of nothing would otherwise be read to its end, in silence.
  Result<void> count_barren(bool barren);

  LineStream lines_;
  FieldSplitter splitter_;
  std::string shown_;
  Layout layout_;
  std::optional<std::string> first_row_;  // looked at already, to be read first
  std::uint64_t barren_ = 0;              // lines since the last bar
};

}  // namespace chandler::foreign
