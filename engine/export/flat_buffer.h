// Writes a FlatBuffer from front to back (flatbuffers.dev/internals).
//
//   0         u32 offset of the root table
//   vtable    u16 size of the vtable, u16 size of the table, u16 place of each field in the table
//             (0: absent)
//   table     i32 distance back to the vtable, then the fields
//   vector    u32 count, then the elements
//   string    u32 length, the bytes, a zero
//
// Scalars are little-endian and lie on multiples of their size. A reference is a u32: the distance
// forward from itself to what it means, so what a table refers to is written after the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace chandler::arrow {

// A field of a table: a scalar of 1, 2, 4 or 8 bytes, or a reference (4 bytes, set by refer).
struct FlatField {
  std::size_t size = 0;  // 0: absent
  std::uint64_t value = 0;
};

inline constexpr FlatField kAbsent{};
inline constexpr FlatField kReference{4, 0};
[[nodiscard]] constexpr FlatField flat_u8(std::uint8_t v) { return {1, v}; }
[[nodiscard]] constexpr FlatField flat_i16(std::int16_t v) {
  return {2, static_cast<std::uint16_t>(v)};
}
[[nodiscard]] constexpr FlatField flat_i64(std::int64_t v) {
  return {8, static_cast<std::uint64_t>(v)};
}

class FlatBuffer {
 public:
  FlatBuffer();

  // Appends a table; answers where it starts. Field i is slot i of the schema. The first table is
  // the root.
  std::size_t table(std::initializer_list<FlatField> fields);
  // Where field `slot` of the table lies. Precondition: it is there.
  [[nodiscard]] std::size_t field(std::size_t table, std::size_t slot) const;

  std::size_t string(std::string_view text);
  // A vector of `count` references; element i lies at the answer + 4 + 4·i.
  std::size_t references(std::size_t count);
  // A vector of structs whose bytes lie one behind the other, aligned to 8.
  std::size_t structs(std::size_t count, std::span<const std::byte> bytes);

  // Makes the reference at `from` mean what starts at `to`. Precondition: from < to.
  void refer(std::size_t from, std::size_t to);

  // The bytes, padded to a multiple of 8.
  [[nodiscard]] std::vector<std::byte> take() &&;

 private:
  template <class T>
  void put(T value);
  template <class T>
  void put_at(std::size_t at, T value);
  void pad_to(std::size_t alignment, std::size_t remainder = 0);

  std::vector<std::byte> bytes_;
};

}  // namespace chandler::arrow
