#include "import/layout.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "import/fields.h"
#include "import/presets.h"

namespace chandler::foreign {
namespace {

// Things that are handed out under the name of CSV. What they say is not repeated: it may hold a
// key.
Result<void> check_is_csv(std::string_view line) {
  using namespace std::string_view_literals;
  struct Other {
    std::string_view start;
    const char* what;
    const char* hint;
  };
  constexpr std::array<Other, 8> kOthers = {{
      {"{", "this is JSON, not CSV", "often an error message of the provider: look into it"},
      {"[", "this is JSON, not CSV", "convert it to CSV first"},
      {"<!", "this is a web page, not CSV", "fetch the file itself, not the page about it"},
      {"<html", "this is a web page, not CSV", "fetch the file itself, not the page about it"},
      {"<?xml", "this is XML, not CSV", "convert it to CSV first"},
      {"\xFF\xFE", "this is UTF-16 text", "convert it first: iconv -f UTF-16 -t UTF-8"},
      {"\xFE\xFF", "this is UTF-16 text", "convert it first: iconv -f UTF-16 -t UTF-8"},
      {"\xD0\xCF\x11\xE0", "this is an Excel file, not CSV", "save it as CSV first"},
  }};
  for (const Other& other : kOthers) {
    if (line.starts_with(other.start)) return Error{ErrorKind::data, other.what, "", other.hint};
  }
  if (line.find('\r') != std::string_view::npos) {
    return Error{ErrorKind::data, "its lines end with CR alone", "",
                 "turn them into LF: tr '\\r' '\\n'"};
  }
  return {};
}

// A line of bars has numbers in it, or a time; a line of names has none.
bool is_header(const std::vector<std::string>& fields) {
  return std::none_of(fields.begin(), fields.end(), [](const std::string& field) {
    return parse_number(field) || parse_wall_time(field);
  });
}

Result<std::vector<std::string>> names_of(const std::vector<std::string>& fields,
                                          const Wishes& wishes, Layout& layout) {
  if (layout.header) {
    std::vector<std::string> names = fields;
    layout.more_header = layout.preset == ForeignPreset::yahoo && normalised(names[0]) == "price";
    if (layout.more_header) names[0] = "date";
    return names;
  }
  std::vector<std::string> names = layout_of(layout.preset, fields);
  if (!names.empty() && !says_anything(wishes.mapping)) return names;
  if (says_anything(wishes.mapping)) return std::vector<std::string>(fields.size());
  return Error{ErrorKind::data,
               "there is no header, and " + std::string(to_string(layout.preset)) +
                   " files have no lines of " + std::to_string(fields.size()) + " columns",
               "", "say what is where: --mapping timestamp=0,open=1,high=2,low=3,close=4,volume=5"};
}

}  // namespace

Result<Wishes> Wishes::of(const ForeignFormat& format) {
  if (format.delimiter != '\0' && format.delimiter != ',' && format.delimiter != ';' &&
      format.delimiter != '\t') {
    return Error{ErrorKind::usage, "the delimiter is none of , ; and tab", "", ""};
  }
  CHANDLER_TRY(Mapping mapping, parse_mapping(format.mapping));
  CHANDLER_TRY(const Zone zone, Zone::find(format.timezone));
  CHANDLER_CHECK(TimeReader::make(format.time_format, zone, false));
  return Wishes{format, std::move(mapping)};
}

Result<Layout> find_layout(std::string_view first_line, const Wishes& wishes,
                           const std::filesystem::path& file) {
  CHANDLER_CHECK(check_is_csv(first_line));
  const ForeignFormat& format = wishes.format;
  Layout layout;
  layout.delimiter = format.delimiter != '\0' ? format.delimiter : find_delimiter(first_line);
  const auto fields = split_all(first_line, layout.delimiter);
  if (!fields) return Error{ErrorKind::data, "a quote in the first line does not end", "", ""};

  layout.header = format.header.value_or(is_header(*fields));
  layout.preset = format.preset;
  if (layout.preset == ForeignPreset::automatic) {
    std::vector<std::string> names;
    for (const std::string& field : *fields) names.push_back(normalised(field));
    layout.preset = layout.header ? recognise_header(names, file) : recognise_row(*fields, file);
  }
  CHANDLER_TRY(const std::vector<std::string> names, names_of(*fields, wishes, layout));
  CHANDLER_TRY(layout.plan, plan_columns(names, wishes.mapping));

  const std::string zone_name =
      format.timezone.empty() ? std::string(zone_of(layout.preset)) : format.timezone;
  CHANDLER_TRY(const Zone zone, Zone::find(zone_name));
  const bool dates = layout.preset == ForeignPreset::yahoo && layout.plan.time_name == "date";
  CHANDLER_TRY(layout.time,
               TimeReader::make(format.time_format, zone, format.session_dates || dates));
  return layout;
}

}  // namespace chandler::foreign
