// A reader of Arrow IPC that shares no line with the writer: it walks vtables as the format's page
// tells, and fails the test where something lies off its alignment or outside the bytes.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace chandler::test {

using Bytes = std::vector<std::byte>;

// A place inside a FlatBuffer.
class Flat {
 public:
  Flat(std::span<const std::byte> bytes, std::size_t at) : bytes_(bytes), at_(at) {}
  static Flat root(std::span<const std::byte> bytes) { return Flat(bytes, 0).follow(); }

  template <class T>
  [[nodiscard]] T scalar() const {
    if (at_ % sizeof(T) != 0) throw std::runtime_error("a scalar off its alignment");
    if (at_ + sizeof(T) > bytes_.size()) throw std::runtime_error("a scalar outside the bytes");
    T value{};
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    return value;
  }
  [[nodiscard]] Flat follow() const { return {bytes_, at_ + scalar<std::uint32_t>()}; }
  [[nodiscard]] Flat plus(std::size_t n) const { return {bytes_, at_ + n}; }

  // Of a table: where slot `i` lies, if it is there.
  [[nodiscard]] std::optional<Flat> slot(std::size_t i) const {
    const Flat vtable(bytes_, at_ - static_cast<std::size_t>(scalar<std::int32_t>()));
    const auto size = vtable.scalar<std::uint16_t>();
    if (4 + 2 * i + 2 > size) return {};
    const auto place = vtable.plus(4 + 2 * i).scalar<std::uint16_t>();
    if (place == 0) return {};
    if (place >= vtable.plus(2).scalar<std::uint16_t>()) {
      throw std::runtime_error("a field outside its table");
    }
    return plus(place);
  }
  [[nodiscard]] Flat table(std::size_t i) const { return slot(i).value().follow(); }
  template <class T>
  [[nodiscard]] T value(std::size_t i) const {
    return slot(i).value().scalar<T>();
  }

  // Of a vector or string.
  [[nodiscard]] std::size_t count() const { return scalar<std::uint32_t>(); }
  [[nodiscard]] std::string text() const {
    const auto* first = reinterpret_cast<const char*>(bytes_.data() + at_ + 4);  // NOLINT
    return {first, count()};
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_;
};

struct ArrowField {
  std::string name;
  bool nullable = false;
  int tag = 0;
  std::string zone;
  friend bool operator==(const ArrowField&, const ArrowField&) = default;
};

struct ArrowBatch {
  std::size_t rows = 0;
  std::vector<std::int64_t> null_counts;
  std::vector<std::vector<std::uint64_t>> values;  // the bits, column by column
  std::vector<std::vector<bool>> valid;
};

struct ArrowMessage {
  std::size_t offset = 0;
  std::size_t metadata_size = 0;  // with the eight bytes before it
  std::size_t body_size = 0;
};

struct ArrowTable {
  std::vector<ArrowField> fields;
  std::vector<ArrowBatch> batches;
  std::vector<ArrowMessage> messages;  // of the batches
  std::size_t end = 0;                 // just behind the end of the stream
};

inline std::vector<ArrowField> read_schema(const Flat& schema) {
  std::vector<ArrowField> fields;
  EXPECT_EQ(schema.value<std::int16_t>(0), 0) << "little-endian";
  const Flat list = schema.table(1);
  for (std::size_t i = 0; i < list.count(); ++i) {
    const Flat field = list.plus(4 + 4 * i).follow();
    ArrowField f{field.table(0).text(), field.value<std::uint8_t>(1) != 0,
                 field.value<std::uint8_t>(2), ""};
    EXPECT_EQ(field.table(5).count(), 0U) << "children are there, and none";
    const Flat type = field.table(3);
    if (f.tag == 10) {
      EXPECT_EQ(type.value<std::int16_t>(0), 3) << "nanoseconds";
      f.zone = type.table(1).text();
    } else {
      EXPECT_EQ(type.value<std::int16_t>(0), 2) << "double";
    }
    fields.push_back(f);
  }
  return fields;
}

inline ArrowBatch read_batch(const Flat& header, std::span<const std::byte> body) {
  ArrowBatch batch;
  batch.rows = static_cast<std::size_t>(header.value<std::int64_t>(0));
  const Flat nodes = header.table(1);
  const Flat buffers = header.table(2);
  EXPECT_EQ(buffers.count(), 2 * nodes.count());
  std::size_t expected_offset = 0;
  const auto next_buffer = [&](std::size_t i) {
    const auto offset = static_cast<std::size_t>(buffers.plus(4 + 16 * i).scalar<std::int64_t>());
    const auto size = static_cast<std::size_t>(buffers.plus(4 + 16 * i + 8).scalar<std::int64_t>());
    EXPECT_EQ(offset, expected_offset) << "buffers lie one behind the other";
    expected_offset = (offset + size + 7) / 8 * 8;
    return body.subspan(offset, size);
  };
  for (std::size_t c = 0; c < nodes.count(); ++c) {
    EXPECT_EQ(nodes.plus(4 + 16 * c).scalar<std::int64_t>(), static_cast<std::int64_t>(batch.rows));
    batch.null_counts.push_back(nodes.plus(4 + 16 * c + 8).scalar<std::int64_t>());
    const auto bits = next_buffer(2 * c);
    const auto data = next_buffer(2 * c + 1);
    std::vector<std::uint64_t> values(batch.rows);
    if (data.size() != values.size() * 8) throw std::runtime_error("a column of another length");
    if (!data.empty()) std::memcpy(values.data(), data.data(), data.size());
    std::vector<bool> valid(batch.rows, true);
    for (std::size_t i = 0; i < batch.rows && !bits.empty(); ++i) {
      valid[i] = (std::to_integer<unsigned>(bits[i / 8]) >> (i % 8) & 1U) != 0;
    }
    batch.values.push_back(std::move(values));
    batch.valid.push_back(std::move(valid));
  }
  EXPECT_EQ(expected_offset, body.size());
  return batch;
}

inline ArrowTable read_stream(std::span<const std::byte> bytes, std::size_t at = 0) {
  ArrowTable table;
  bool end = false;
  while (!end) {
    const Flat prefix(bytes, at);
    EXPECT_EQ(prefix.scalar<std::uint32_t>(), 0xFFFFFFFFU);
    const auto size = prefix.plus(4).scalar<std::uint32_t>();
    EXPECT_EQ(at % 8, 0U);
    at += 8;
    if (size == 0) break;
    EXPECT_EQ(size % 8, 0U);
    const Flat message = Flat::root(bytes.subspan(at, size));
    EXPECT_EQ(message.value<std::int16_t>(0), 4) << "version 5";
    const auto body_size = static_cast<std::size_t>(message.value<std::int64_t>(3));
    const auto type = message.value<std::uint8_t>(1);
    if (type == 1) table.fields = read_schema(message.table(2));
    if (type == 3) {
      table.messages.push_back({at - 8, size + 8, body_size});
      table.batches.push_back(read_batch(message.table(2), bytes.subspan(at + size, body_size)));
    }
    end = type != 1 && type != 3;
    EXPECT_FALSE(end) << "an unknown message";
    at += size + body_size;
  }
  table.end = at;
  return table;
}

}  // namespace chandler::test
