// pipelines/job.schema.json says to editors what the parser takes.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "job/job_shape.h"
#include "jobs.h"

namespace chandler {
namespace {

using nlohmann::json;
using Type = ConfigValue::Type;

class JobSchema : public testing::Test {
 protected:
  // What a "$ref" stands for.
  [[nodiscard]] const json& resolved(const json& node) const {
    if (!node.contains("$ref")) return node;
    return schema_.at(json::json_pointer(node.at("$ref").get<std::string>().substr(1)));
  }

  static std::string name_of(Type type) {
    switch (type) {
      case Type::null:
        return "null";
      case Type::boolean:
        return "boolean";
      case Type::number:
        return "number";
      case Type::string:
        return "string";
      case Type::list:
        return "array";
      case Type::object:
        return "object";
    }
    return "";
  }

  void expect_same(const json& written, const Shape& shape, const std::string& path) const {
    const json& node = resolved(written);
    std::set<std::string> wanted{name_of(shape.type)};
    if (shape.or_one) wanted.insert(name_of(shape.items->type));
    std::set<std::string> types;
    for (const json& type : node.at("type").is_array() ? node.at("type") : json{node.at("type")}) {
      types.insert(type == "integer" ? "number" : type.get<std::string>());
    }
    EXPECT_EQ(types, wanted) << path;
    if (shape.items != nullptr) expect_same(node.at("items"), *shape.items, path + "[]");
    if (shape.members.empty()) return;

    EXPECT_EQ(node.at("additionalProperties"), false) << path;
    std::set<std::string> known;
    for (const Shape& member : shape.members) {
      known.insert(member.key);
      ASSERT_TRUE(node.at("properties").contains(member.key)) << path << "." << member.key;
      expect_same(node.at("properties").at(member.key), member, path + "." + member.key);
    }
    std::set<std::string> listed;
    for (const auto& [key, value] : node.at("properties").items()) listed.insert(key);
    EXPECT_EQ(listed, known) << path;
  }

  // The words a text may be, besides one that holds a variable.
  [[nodiscard]] static std::vector<std::string> words(const json& node) {
    return node.at("anyOf").at(0).at("enum").get<std::vector<std::string>>();
  }

  json schema_ = json::parse(std::ifstream(CHANDLER_SOURCE_DIR "/pipelines/job.schema.json"));
};

TEST_F(JobSchema, HasTheKeysAndTypesOfTheParser) { expect_same(schema_, job_shape(), "job"); }

TEST_F(JobSchema, RequiresWhatTheParserRequires) {
  const json whole = json::parse(
      R"({"from": "-1d", "timeframe": "1d", "series": [{"symbols": "A", "timeframe": "1d"}]})");
  EXPECT_TRUE(read_job_text(whole.dump()));

  for (const auto& [key, value] : schema_.at("properties").items()) {
    json without = whole;
    without.erase(key);
    Around around;
    around.defaults.from = "-1d";
    const auto& required = schema_.at("required");
    const bool needed = std::find(required.begin(), required.end(), key) != required.end();
    EXPECT_EQ(read_job_text(without.dump(), around).ok(), !needed) << key;
  }
  EXPECT_EQ(schema_.at("$defs").at("series").at("required"), json{"symbols"});
  json without = whole;
  without["series"][0].erase("symbols");
  EXPECT_FALSE(read_job_text(without.dump()));
}

// The top names a timeframe, or every series does.
TEST_F(JobSchema, RequiresATimeframeInOneOfTwoPlaces) {
  const json two_places = json::parse(R"([{"required": ["timeframe"]},
    {"properties": {"series": {"items": {"required": ["timeframe"]}}}}])");
  EXPECT_EQ(schema_.at("anyOf"), two_places);

  EXPECT_TRUE(read_job_text(R"({"from": "-1d", "timeframe": "1d", "series": [{"symbols": "A"}]})"));
  EXPECT_TRUE(read_job_text(R"({"from": "-1d", "series": [{"symbols": "A", "timeframe": "1d"}]})"));
  EXPECT_FALSE(read_job_text(R"({"from": "-1d", "series": [{"symbols": "A"}]})"));
}

TEST_F(JobSchema, ListsTheWordsTheParserTakes) {
  std::vector<std::string> timeframes;
  for (const Timeframe tf : kAllTimeframes) timeframes.emplace_back(to_string(tf));
  EXPECT_EQ(words(schema_.at("$defs").at("timeframe")), timeframes);

  for (const std::string& word : words(schema_.at("properties").at("on_error"))) {
    EXPECT_TRUE(read_job_text(R"({"timeframe": "1d", "from": "-1d", "series": [{"symbols": "A"}],
                                  "on_error": ")" +
                              word + "\"}"))
        << word;
  }
}

TEST_F(JobSchema, KnowsTheLimitsAndDefaultsOfTheParser) {
  const json& workers = schema_.at("properties").at("workers");
  EXPECT_EQ(workers.at("minimum"), 1);
  EXPECT_EQ(workers.at("maximum"), kMaxWorkers);
  EXPECT_EQ(workers.at("default"), kDefaultWorkers);
  EXPECT_EQ(schema_.at("properties").at("series").at("maxItems"), kMaxSeries);
  EXPECT_EQ(schema_.at("properties").at("on_error").at("default"), "continue");
}

}  // namespace
}  // namespace chandler
