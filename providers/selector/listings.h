// What the providers list, put together so that a symbol is found at once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "chandler/provider.h"

namespace chandler {

// All that one provider lists.
struct Listing {
  std::string provider{};
  Instant fetched_at{};
  std::vector<Listed> listed{};
};

// Do these classes name things of one kind? A share and an ETF do: no symbol is one of each.
[[nodiscard]] bool same_kind(AssetClass a, AssetClass b);

// Filled once, then read from any thread.
class Listings {
 public:
  struct Source {
    std::string provider{};
    Instant fetched_at{};
  };
  struct Entry {
    std::uint16_t source = 0;  // index of sources()
    AssetClass asset_class = AssetClass::unknown;
    bool trading = true;
    std::string base{};
    std::string quote{};
    std::string exchange{};
  };

  void add(Listing listing);

  [[nodiscard]] std::span<const Source> sources() const { return sources_; }
  // Every meaning this name has somewhere. BRK-B and BRK.B are one name.
  [[nodiscard]] std::span<const Entry> find(const Symbol& symbol) const;
  // nullptr when no listing of this provider is known.
  [[nodiscard]] const Source* source(std::string_view provider) const;

 private:
  std::vector<Source> sources_;
  std::unordered_map<std::string, std::vector<Entry>> entries_;
};

}  // namespace chandler
