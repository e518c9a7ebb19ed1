#include "export/arrow_messages.h"

#include <algorithm>
#include <array>

#include "export/flat_buffer.h"

namespace chandler::arrow {
namespace {

constexpr std::int16_t kVersion5 = 4;
constexpr std::uint8_t kSchemaHeader = 1;
constexpr std::uint8_t kBatchHeader = 3;
constexpr std::uint8_t kFloatTag = 3;
constexpr std::uint8_t kTimestampTag = 10;
constexpr std::int16_t kDouble = 2;
constexpr std::int16_t kLittleEndian = 0;
constexpr std::array<std::byte, 8> kEndOfStream = {std::byte{0xFF}, std::byte{0xFF},
                                                   std::byte{0xFF}, std::byte{0xFF}};
constexpr std::size_t kContinuationSize = 4;

// Writes the body of a Field after its type has been told by `write_type`, which answers where the
// type's table lies.
template <class WriteType>
std::size_t field(FlatBuffer& out, std::string_view name, bool nullable, std::uint8_t tag,
                  WriteType write_type) {
  const std::size_t field = out.table(
      {kReference, flat_u8(nullable ? 1 : 0), flat_u8(tag), kReference, kAbsent, kReference});
  out.refer(out.field(field, 0), out.string(name));
  out.refer(out.field(field, 3), write_type());
  out.refer(out.field(field, 5), out.references(0));
  return field;
}

std::size_t timestamp_field(FlatBuffer& out, TimeUnit unit) {
  return field(out, "timestamp", false, kTimestampTag, [&out, unit] {
    const std::size_t type = out.table({flat_i16(static_cast<std::int16_t>(unit)), kReference});
    out.refer(out.field(type, 1), out.string("UTC"));
    return type;
  });
}

std::size_t number_field(FlatBuffer& out, Column c) {
  const bool nullable = static_cast<std::size_t>(c) >= kRequiredColumns;
  return field(out, to_string(c), nullable, kFloatTag,
               [&out] { return out.table({flat_i16(kDouble)}); });
}

std::size_t key_values(FlatBuffer& out,
                       std::span<const std::pair<std::string, std::string>> metadata) {
  const std::size_t all = out.references(metadata.size());
  std::size_t slot = all;
  for (const auto& [key, value] : metadata) {
    slot += 4;
    const std::size_t pair = out.table({kReference, kReference});
    out.refer(slot, pair);
    out.refer(out.field(pair, 0), out.string(key));
    out.refer(out.field(pair, 1), out.string(value));
  }
  return all;
}

std::size_t schema_table(FlatBuffer& out, const Schema& schema) {
  const bool has_metadata = !schema.metadata.empty();
  const std::size_t table =
      out.table({flat_i16(kLittleEndian), kReference, has_metadata ? kReference : kAbsent});
  const std::size_t fields = out.references(schema.columns.size() + 1);
  out.refer(out.field(table, 1), fields);
  std::size_t slot = fields + 4;
  out.refer(slot, timestamp_field(out, schema.unit));
  for (const Column c : schema.columns) {
    slot += 4;
    out.refer(slot, number_field(out, c));
  }
  if (has_metadata) out.refer(out.field(table, 2), key_values(out, schema.metadata));
  return table;
}

template <class T>
std::size_t structs(FlatBuffer& out, std::span<const T> elements) {
  return out.structs(elements.size(), std::as_bytes(elements));
}

}  // namespace

std::vector<std::byte> schema_message(const Schema& schema) {
  FlatBuffer out;
  const std::size_t message =
      out.table({flat_i16(kVersion5), flat_u8(kSchemaHeader), kReference, flat_i64(0)});
  out.refer(out.field(message, 2), schema_table(out, schema));
  return std::move(out).take();
}

std::vector<std::byte> batch_message(const Batch& batch) {
  FlatBuffer out;
  const std::size_t message = out.table(
      {flat_i16(kVersion5), flat_u8(kBatchHeader), kReference, flat_i64(batch.body_size)});
  const std::size_t header = out.table({flat_i64(batch.rows), kReference, kReference});
  out.refer(out.field(message, 2), header);
  out.refer(out.field(header, 1), structs(out, std::span<const Node>(batch.nodes)));
  out.refer(out.field(header, 2), structs(out, std::span<const Buffer>(batch.buffers)));
  return std::move(out).take();
}

std::vector<std::byte> footer(const Schema& schema, std::span<const FileBlock> blocks) {
  FlatBuffer out;
  const std::size_t footer = out.table({flat_i16(kVersion5), kReference, kReference, kReference});
  out.refer(out.field(footer, 1), schema_table(out, schema));
  out.refer(out.field(footer, 2), structs(out, std::span<const FileBlock>()));
  out.refer(out.field(footer, 3), structs(out, blocks));
  return std::move(out).take();
}

std::span<const std::byte> end_of_stream() { return kEndOfStream; }

std::vector<std::byte> framed(const std::vector<std::byte>& flat_buffer, std::size_t after,
                              std::size_t alignment) {
  const std::size_t head = kContinuationSize + sizeof(std::int32_t);
  const std::size_t end = after + head + flat_buffer.size();
  const auto size = static_cast<std::int32_t>(flat_buffer.size() +
                                              (end + alignment - 1) / alignment * alignment - end);
  std::vector<std::byte> out(head + static_cast<std::size_t>(size));
  const auto after_mark = std::copy_n(kEndOfStream.begin(), kContinuationSize, out.begin());
  const auto size_bytes = std::as_bytes(std::span(&size, 1));
  const auto after_size = std::copy(size_bytes.begin(), size_bytes.end(), after_mark);
  std::copy(flat_buffer.begin(), flat_buffer.end(), after_size);
  return out;
}

void Layout::add(std::int64_t nulls, std::size_t validity_size) {
  batch_.nodes.push_back({batch_.rows, nulls});
  place(static_cast<std::int64_t>(validity_size));
  place(batch_.rows * 8);
}

void Layout::place(std::int64_t size) {
  batch_.buffers.push_back({batch_.body_size, size});
  batch_.body_size += padded(size);
}

}  // namespace chandler::arrow
