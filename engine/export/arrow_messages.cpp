#include "export/arrow_messages.h"

#include "export/flat_buffer.h"

namespace chandler::arrow {
namespace {

constexpr std::int16_t kVersion5 = 4;
constexpr std::uint8_t kSchemaHeader = 1;
constexpr std::uint8_t kBatchHeader = 3;
constexpr std::uint8_t kFloatTag = 3;
constexpr std::uint8_t kTimestampTag = 10;
constexpr std::int16_t kDouble = 2;
constexpr std::int16_t kNanoseconds = 3;
constexpr std::int16_t kLittleEndian = 0;

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

std::size_t timestamp_field(FlatBuffer& out) {
  return field(out, "timestamp", false, kTimestampTag, [&out] {
    const std::size_t type = out.table({flat_i16(kNanoseconds), kReference});
    out.refer(out.field(type, 1), out.string("UTC"));
    return type;
  });
}

std::size_t number_field(FlatBuffer& out, Column c) {
  const bool nullable = static_cast<std::size_t>(c) >= kRequiredColumns;
  return field(out, to_string(c), nullable, kFloatTag,
               [&out] { return out.table({flat_i16(kDouble)}); });
}

std::size_t schema(FlatBuffer& out, std::span<const Column> columns) {
  const std::size_t schema = out.table({flat_i16(kLittleEndian), kReference});
  const std::size_t fields = out.references(columns.size() + 1);
  out.refer(out.field(schema, 1), fields);
  std::size_t slot = fields + 4;
  out.refer(slot, timestamp_field(out));
  for (const Column c : columns) {
    slot += 4;
    out.refer(slot, number_field(out, c));
  }
  return schema;
}

template <class T>
std::size_t structs(FlatBuffer& out, std::span<const T> elements) {
  return out.structs(elements.size(), std::as_bytes(elements));
}

}  // namespace

std::vector<std::byte> schema_message(std::span<const Column> columns) {
  FlatBuffer out;
  const std::size_t message =
      out.table({flat_i16(kVersion5), flat_u8(kSchemaHeader), kReference, flat_i64(0)});
  out.refer(out.field(message, 2), schema(out, columns));
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

std::vector<std::byte> footer(std::span<const Column> columns, std::span<const FileBlock> blocks) {
  FlatBuffer out;
  const std::size_t footer = out.table({flat_i16(kVersion5), kReference, kReference, kReference});
  out.refer(out.field(footer, 1), schema(out, columns));
  out.refer(out.field(footer, 2), structs(out, std::span<const FileBlock>()));
  out.refer(out.field(footer, 3), structs(out, blocks));
  return std::move(out).take();
}

}  // namespace chandler::arrow
