#include "selector/listing_files.h"

#include <simdjson.h>

#include <system_error>

#include <nlohmann/json.hpp>

#include "config/config.h"
#include "store/commit.h"
#include "store/folder.h"

namespace chandler {
namespace {

using Json = nlohmann::ordered_json;
using store::File;
using store::Folder;

constexpr int kSchemaVersion = 1;
constexpr std::size_t kMostBytes = std::size_t{256} << 20U;
constexpr std::string_view kSuffix = ".json";
constexpr const char* kHint = "it is fetched again by `chandler select SYM -t TF --refresh`";

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json json_of(const Listed& listed) {
  const Instrument& i = listed.instrument;
  Json row{{"symbol", i.symbol.name()}, {"class", to_string(i.asset_class)}};
  const auto put = [&row](const char* key, const std::string& value) {
    if (!value.empty()) row[key] = value;
  };
  put("base", i.base);
  put("quote", i.quote);
  put("exchange", i.exchange);
  put("name", listed.name);
  if (!listed.trading) row["trading"] = false;
  return row;
}

Error damaged(const std::string& where, std::string what) {
  return Error{ErrorKind::damaged, std::move(what), where, kHint};
}

std::string text_at(const simdjson::dom::object& row, std::string_view key) {
  std::string_view text;
  if (row[key].get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

// nullopt: not a row of ours.
std::optional<Listed> listed_of(const simdjson::dom::element& element) {
  simdjson::dom::object row;
  if (element.get(row) != simdjson::SUCCESS) return {};
  auto symbol = Symbol::parse(text_at(row, "symbol"));
  const auto asset_class = parse_asset_class(text_at(row, "class"));
  if (!symbol || !asset_class) return {};
  Instrument instrument{std::move(*symbol), *asset_class};
  instrument.base = text_at(row, "base");
  instrument.quote = text_at(row, "quote");
  instrument.exchange = text_at(row, "exchange");
  Listed listed{std::move(instrument), text_at(row, "name")};
  bool trading = true;
  if (row["trading"].get(trading) == simdjson::SUCCESS) listed.trading = trading;
  return listed;
}

Result<File> lock_folder(const Folder& folder, const Clock& clock) {
  CHANDLER_TRY(File lock, folder.open_lock(".lock"));
  for (int i = 0; i < 500; ++i) {
    CHANDLER_TRY(const bool held, lock.try_lock());
    if (held) return lock;
    clock.pause(std::chrono::milliseconds{10});
  }
  return Error{ErrorKind::locked, "another process is writing listings", folder.shown(), "later"};
}

// Temporaries of writers that died; the lock is held.
Result<void> sweep(const Folder& folder) {
  CHANDLER_TRY(const std::vector<std::string> names, folder.names());
  for (const std::string& name : names) {
    if (name.starts_with(".") && name.ends_with(".tmp")) CHANDLER_CHECK(folder.remove_file(name));
  }
  return {};
}

Result<Listing> read_one(const Folder& folder, const std::string& name) {
  CHANDLER_TRY(const File file, folder.open_file(name));
  CHANDLER_TRY(const std::string text, file.read_all(kMostBytes));
  CHANDLER_TRY(Listing listing, parse_listing(text, file.shown()));
  if (listing.provider + std::string(kSuffix) != name) {
    return damaged(file.shown(), "it is the listing of \"" + printable(listing.provider, 40) +
                                     "\", by what it says");
  }
  return listing;
}

}  // namespace

std::string print_listing(const Listing& listing) {
  Json head{{"schema_version", kSchemaVersion},
            {"provider", listing.provider},
            {"fetched_at", format_iso(listing.fetched_at)}};
  std::string text = dump(head);
  text.pop_back();
  text += ",\"listed\":[";
  const char* separator = "\n";
  for (const Listed& one : listing.listed) {
    text += separator;
    text += dump(json_of(one));
    separator = ",\n";
  }
  return text + "\n]}\n";
}

Result<Listing> parse_listing(const std::string& text, const std::string& where) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(text).get(root) != simdjson::SUCCESS) {
    return damaged(where, "the listing is not valid JSON");
  }
  std::int64_t version = 0;
  if (root["schema_version"].get(version) != simdjson::SUCCESS || version < 1) {
    return damaged(where, "the listing says no version");
  }
  if (version > kSchemaVersion) {
    return Error{ErrorKind::newer_schema, "the listing was written by a later version", where,
                 kHint};
  }
  Listing listing;
  std::string_view provider;
  std::string_view fetched_at;
  simdjson::dom::array rows;
  if (root["provider"].get(provider) != simdjson::SUCCESS || !is_provider_name(provider) ||
      root["fetched_at"].get(fetched_at) != simdjson::SUCCESS ||
      root["listed"].get(rows) != simdjson::SUCCESS) {
    return damaged(where, "the listing lacks a part");
  }
  const auto time = parse_exact(fetched_at);
  if (!time) return damaged(where, "the listing says no time");
  listing.provider = provider;
  listing.fetched_at = *time;
  listing.listed.reserve(rows.size());
  for (const simdjson::dom::element row : rows) {
    auto listed = listed_of(row);
    if (!listed) return damaged(where, "the listing has a row that names no instrument");
    listing.listed.push_back(std::move(*listed));
  }
  return listing;
}

Result<void> ListingFiles::write(const Listing& listing) const {
  std::error_code failed;
  std::filesystem::create_directories(root_, failed);
  if (failed) return store::io_error(failed.value(), "making", root_.string());
  CHANDLER_TRY(const Folder root, Folder::open_root(*files_, root_.string()));
  CHANDLER_TRY(const Folder metadata, root.make_folder("_metadata"));
  CHANDLER_TRY(const Folder folder, metadata.make_folder("listings"));
  CHANDLER_TRY(const File lock, lock_folder(folder, *clock_));
  CHANDLER_CHECK(sweep(folder));
  return store::replace_file(folder, listing.provider + std::string(kSuffix),
                             print_listing(listing));
}

ListingFiles::Read ListingFiles::read_all() const {
  Read read;
  const auto add_problem = [&read](const Error& error) {
    if (error.kind != ErrorKind::not_found) read.problems.push_back(error);
  };
  const auto folder = [this]() -> Result<Folder> {
    CHANDLER_TRY(const Folder root, Folder::open_root(*files_, root_.string()));
    CHANDLER_TRY(const Folder metadata, root.open_folder("_metadata"));
    return metadata.open_folder("listings");
  }();
  if (!folder) {
    add_problem(folder.error());
    return read;
  }
  const auto names = folder->names();
  if (!names) {
    add_problem(names.error());
    return read;
  }
  for (const std::string& name : *names) {
    if (name.starts_with(".") || !name.ends_with(kSuffix)) continue;
    auto listing = read_one(*folder, name);
    if (listing) {
      read.listings.push_back(std::move(*listing));
    } else {
      add_problem(listing.error());
    }
  }
  return read;
}

}  // namespace chandler
