// The three FlatBuffers of Arrow IPC that a table of bars needs, and what goes around them
// (arrow.apache.org/docs/format/Columnar.html, format/Schema.fbs, Message.fbs, File.fbs).
//
// Slots of each table, in the order of the vtable:
//
//   Message      0 version i16 (4 = V5)  1 header type u8 (1 Schema, 3 RecordBatch)  2 header
//                3 body size i64
//   Schema       0 endianness i16 (0 little)  1 fields [Field]  2 metadata [KeyValue]
//   KeyValue     0 key  1 value
//   Field        0 name  1 nullable u8  2 type tag u8  3 type  4 dictionary
//                5 children [Field], present though empty
//   Timestamp    (tag 10)  0 unit i16 (0 = s, 3 = ns)  1 time zone
//   Float        (tag 3)   0 precision i16 (2 = double)
//   RecordBatch  0 rows i64  1 nodes [{rows i64, nulls i64}]  2 buffers [{offset i64, size i64}]
//   Footer       0 version i16  1 schema  2 dictionaries
//                3 batches [{offset i64, metadata size i32, 4 pad, body size i64}]
//
// A column is one node and two buffers: the validity bits (empty when nothing is null), the values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chandler/bar_series.h"

namespace chandler::arrow {

enum class TimeUnit : std::int16_t { seconds = 0, nanoseconds = 3 };

struct Schema {
  std::span<const Column> columns;  // after timestamp
  TimeUnit unit = TimeUnit::nanoseconds;
  std::span<const std::pair<std::string, std::string>> metadata = {};
};

struct Node {
  std::int64_t rows = 0;
  std::int64_t nulls = 0;
};

struct Buffer {
  std::int64_t offset = 0;
  std::int64_t size = 0;
};

// Where a record batch lies in a file: the message's first byte, the size of everything before the
// body, the body's size.
struct FileBlock {
  std::int64_t offset = 0;
  std::int32_t metadata_size = 0;
  std::int32_t padding = 0;
  std::int64_t body_size = 0;
};

struct Batch {
  std::int64_t rows = 0;
  std::int64_t body_size = 0;
  std::vector<Node> nodes{};
  std::vector<Buffer> buffers{};
};

[[nodiscard]] std::vector<std::byte> schema_message(const Schema& schema);
[[nodiscard]] std::vector<std::byte> batch_message(const Batch& batch);
[[nodiscard]] std::vector<std::byte> footer(const Schema& schema,
                                            std::span<const FileBlock> blocks);

// At the start of a file, padded to 8, and at its end.
inline constexpr std::string_view kFileMagic = "ARROW1";
// FF FF FF FF 00 00 00 00
[[nodiscard]] std::span<const std::byte> end_of_stream();
// The FlatBuffer of a message with the eight bytes that go before it. `after`: how many bytes lie
// before it; it is padded so that what follows begins on a multiple of `alignment`, itself one of 8.
[[nodiscard]] std::vector<std::byte> framed(const std::vector<std::byte>& flat_buffer,
                                            std::size_t after = 0, std::size_t alignment = 8);

// Lays the buffers of a batch out behind each other, each padded to `alignment`.
class Layout {
 public:
  explicit Layout(std::size_t rows, std::int64_t alignment = 8)
      : alignment_(alignment), batch_{.rows = static_cast<std::int64_t>(rows)} {}

  // In the order of the body: timestamp, then each column.
  void add(std::int64_t nulls, std::size_t validity_size);
  [[nodiscard]] const Batch& batch() const { return batch_; }
  [[nodiscard]] std::int64_t padded(std::int64_t size) const {
    return (size + alignment_ - 1) / alignment_ * alignment_;
  }

 private:
  void place(std::int64_t size);

  std::int64_t alignment_;
  Batch batch_;
};

}  // namespace chandler::arrow
