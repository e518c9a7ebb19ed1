#include "export/flat_buffer.h"

#include <array>
#include <bit>
#include <cstring>

namespace chandler::arrow {
namespace {

static_assert(std::endian::native == std::endian::little,
              "values are copied as they lie in memory");

constexpr std::size_t kVtableHeader = 4;
constexpr std::size_t kSlotSize = 2;

}  // namespace

FlatBuffer::FlatBuffer() { put(std::uint32_t{0}); }

template <class T>
void FlatBuffer::put(T value) {
  const std::size_t at = bytes_.size();
  bytes_.resize(at + sizeof(T));
  std::memcpy(bytes_.data() + at, &value, sizeof(T));
}

template <class T>
void FlatBuffer::put_at(std::size_t at, T value) {
  std::memcpy(bytes_.data() + at, &value, sizeof(T));
}

void FlatBuffer::pad_to(std::size_t alignment, std::size_t remainder) {
  while (bytes_.size() % alignment != remainder) bytes_.push_back(std::byte{0});
}

std::size_t FlatBuffer::table(std::initializer_list<FlatField> fields) {
  pad_to(kSlotSize);
  const std::size_t vtable = bytes_.size();
  put(static_cast<std::uint16_t>(kVtableHeader + kSlotSize * fields.size()));
  put(std::uint16_t{0});
  for (std::size_t i = 0; i < fields.size(); ++i) put(std::uint16_t{0});

  // The fields begin behind the four bytes of the distance: there the widest, written first, find
  // themselves on a multiple of eight, and the narrower ones after them on one of their own size.
  pad_to(8, 4);
  const std::size_t start = bytes_.size();
  put(static_cast<std::int32_t>(start - vtable));
  for (const std::size_t width : {8U, 4U, 2U, 1U}) {
    std::size_t slot = 0;
    for (const FlatField& f : fields) {
      if (f.size == width) {
        put_at(vtable + kVtableHeader + kSlotSize * slot,
               static_cast<std::uint16_t>(bytes_.size() - start));
        const auto raw = std::bit_cast<std::array<std::byte, 8>>(f.value);
        bytes_.insert(bytes_.end(), raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(width));
      }
      ++slot;
    }
  }
  put_at(vtable + kSlotSize, static_cast<std::uint16_t>(bytes_.size() - start));
  const bool is_root = vtable == sizeof(std::uint32_t);
  if (is_root) put_at(0, static_cast<std::uint32_t>(start));
  return start;
}

std::size_t FlatBuffer::field(std::size_t table, std::size_t slot) const {
  std::int32_t back = 0;
  std::memcpy(&back, bytes_.data() + table, sizeof back);
  std::uint16_t place = 0;
  std::memcpy(
      &place,
      bytes_.data() + table - static_cast<std::size_t>(back) + kVtableHeader + kSlotSize * slot,
      sizeof place);
  return table + place;
}

std::size_t FlatBuffer::string(std::string_view text) {
  pad_to(4);
  const std::size_t start = bytes_.size();
  put(static_cast<std::uint32_t>(text.size()));
  for (const char c : text) bytes_.push_back(static_cast<std::byte>(c));
  bytes_.push_back(std::byte{0});
  return start;
}

std::size_t FlatBuffer::references(std::size_t count) {
  pad_to(4);
  const std::size_t start = bytes_.size();
  put(static_cast<std::uint32_t>(count));
  bytes_.resize(bytes_.size() + count * sizeof(std::uint32_t));
  return start;
}

std::size_t FlatBuffer::structs(std::size_t count, std::span<const std::byte> bytes) {
  pad_to(8, 4);
  const std::size_t start = bytes_.size();
  put(static_cast<std::uint32_t>(count));
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return start;
}

void FlatBuffer::refer(std::size_t from, std::size_t to) {
  put_at(from, static_cast<std::uint32_t>(to - from));
}

std::vector<std::byte> FlatBuffer::take() && {
  pad_to(8);
  return std::move(bytes_);
}

}  // namespace chandler::arrow
