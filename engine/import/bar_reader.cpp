#include "import/bar_reader.h"

#include <array>
#include <cstring>
#include <utility>

namespace chandler::foreign {
namespace {

constexpr std::uint64_t kMaxBarren = 1'000'000;
constexpr std::size_t kShown = 120;
constexpr std::size_t kKept = 4 * kShown;  // bytes that 120 characters may take

using Comment = io::single_and_empty_line_comment<'#'>;

// CryptoDataDownload's files begin with a line that only names the site.
bool is_address(std::string_view line) {
  return line.starts_with("http") && line.find(',') == std::string_view::npos;
}

}  // namespace

Result<BarReader> BarReader::open(std::unique_ptr<ByteSource> bytes, const Wishes& wishes,
                                  const std::string& shown, const std::filesystem::path& file) {
  BarReader reader(std::move(bytes), shown);
  char* line = nullptr;
  do {
    CHANDLER_TRY(line, reader.next_line());
    if (line == nullptr) return Error{ErrorKind::data, "the file holds no lines", "", ""};
  } while (is_address(line));

  auto layout = find_layout(line, wishes, file);
  if (!layout) return layout.error().within("line " + std::to_string(reader.lines_.line()));
  reader.layout_ = *std::move(layout);
  reader.splitter_ = FieldSplitter(reader.layout_.delimiter, reader.layout_.plan.order);
  if (!reader.layout_.header) reader.first_row_ = line;
  if (reader.layout_.more_header) CHANDLER_CHECK(reader.skip_more_header());
  return reader;
}

Result<void> BarReader::skip_more_header() {
  for (const char* name : {"Ticker", "Date"}) {
    CHANDLER_TRY(const char* const line, next_line());
    if (line == nullptr) return {};
    if (std::strncmp(line, name, std::strlen(name)) == 0) continue;
    first_row_ = line;
    return {};
  }
  return {};
}

// The next one with something in it.
Result<char*> BarReader::next_line() {
  for (;;) {
    CHANDLER_TRY(char* const line, lines_.next());
    if (line == nullptr || !Comment::is_comment(line)) return line;
    CHANDLER_CHECK(count_barren(true));
  }
}

Result<void> BarReader::count_barren(bool barren) {
  barren_ = barren ? barren_ + 1 : 0;
  if (barren_ < kMaxBarren) return {};
  return Error{ErrorKind::data, "a million lines in a row hold no bar",
               "line " + std::to_string(lines_.line()),
               "this is no CSV of bars, or its columns are mapped wrongly"};
}

Result<bool> BarReader::read(ForeignBatch& batch, std::size_t max_rows) {
  batch.bars.columns = layout_.plan.columns;
  while (batch.lines.size() + batch.rejected.size() < max_rows) {
    std::optional<std::string> first = std::exchange(first_row_, {});
    char* line = first ? first->data() : nullptr;
    if (line == nullptr) {
      CHANDLER_TRY(line, next_line());
    }
    if (line == nullptr) return false;
    const std::size_t before = batch.lines.size();
    read_line(line, batch);
    CHANDLER_CHECK(count_barren(batch.lines.size() == before));
  }
  return true;
}

void BarReader::read_line(char* line, ForeignBatch& batch) {
  // Reading cuts the line up; this much of it is kept for the case that it is rejected.
  std::array<char, kKept>
      kept;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled as far as it is used
  const std::size_t length = strnlen(line, kept.size());
  std::memcpy(kept.data(), line, length);

  Slots slots{};
  std::optional<Rule> broken = Rule::bad_line;
  std::optional<Instant> at;
  if (splitter_.split(line, slots)) broken = read_fields(slots, batch, at);
  if (!broken) {
    batch.lines.push_back(lines_.line());
    return;
  }
  batch.rejected.push_back(
      {shown_, lines_.line(), *broken, printable(std::string(kept.data(), length), kShown), at});
}

std::optional<Rule> BarReader::read_fields(const Slots& slots, ForeignBatch& batch,
                                           std::optional<Instant>& at) {
  at = layout_.plan.has_clock ? layout_.time.read(slots[kTimestampSlot], slots[kClockSlot])
                              : layout_.time.read(slots[kTimestampSlot]);
  if (!at) return Rule::bad_timestamp;
  std::array<double, kColumnCount> values{};
  for (const Column c : kAllColumns) {
    const char* const text = slots[slot_of(c)];
    if (text == nullptr) continue;
    double& value = values[static_cast<std::size_t>(c)];
    const bool optional = static_cast<std::size_t>(c) >= kRequiredColumns;
    if (optional && trimmed(text).empty()) {
      value = kUnknown;
    } else if (const auto number = parse_number(text)) {
      value = *number;
    } else {
      return Rule::bad_number;
    }
  }
  batch.bars.timestamp.push_back(*at);
  for (const Column c : kAllColumns) {
    if (batch.bars.columns.has(c))
      batch.bars.column(c).push_back(values[static_cast<std::size_t>(c)]);
  }
  return {};
}

}  // namespace chandler::foreign
