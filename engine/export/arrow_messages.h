// The three FlatBuffers of Arrow IPC that a table of bars needs
// (arrow.apache.org/docs/format/Columnar.html, format/Schema.fbs, Message.fbs, File.fbs).
//
// Slots of each table, in the order of the vtable:
//
//   Message      0 version i16 (4 = V5)  1 header type u8 (1 Schema, 3 RecordBatch)  2 header
//                3 body size i64
//   Schema       0 endianness i16 (0 little)  1 fields [Field]
//   Field        0 name  1 nullable u8  2 type tag u8  3 type  4 dictionary
//                5 children [Field], present though empty
//   Timestamp    (tag 10)  0 unit i16 (3 = ns)  1 time zone
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
#include <vector>

#include "chandler/bar_series.h"

namespace chandler::arrow {

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
  std::vector<Node> nodes;
  std::vector<Buffer> buffers;
};

[[nodiscard]] std::vector<std::byte> schema_message(std::span<const Column> columns);
[[nodiscard]] std::vector<std::byte> batch_message(const Batch& batch);
[[nodiscard]] std::vector<std::byte> footer(std::span<const Column> columns,
                                            std::span<const FileBlock> blocks);

}  // namespace chandler::arrow
