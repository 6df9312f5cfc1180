#include "http/json_check.h"

#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/json.h"

namespace fanlight::http::json {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

constexpr std::size_t kSmall = 1000; ///< Far from what could harm a parser.

TEST(JsonCheckTest, TakesWhatRfc8259Allows) {
  for (const std::string& text :
       std::vector<std::string>{"null",
                                "true",
                                "false",
                                "0",
                                "-0",
                                "7",
                                "-1",
                                "1.5",
                                "-0.5",
                                "1e3",
                                "1E3",
                                "1e+3",
                                "1e-3",
                                "0e1",
                                "0.0E-0",
                                "9223372036854775807",
                                "-9223372036854775808",
                                "1.7976931348623157e308",
                                "\"\"",
                                R"("a")",
                                R"("\"\\\/\b\f\n\r\t")",
                                R"("\u0041\u00e9\uABCD")",
                                R"("\ud83d\ude00")",
                                "\"마당\"",
                                "\"\U0001F600\"",
                                "\"\x7f\"",
                                "\"/* no comment */\"",
                                R"("[[[[[[[[[[[[[[[[[[[[[[[[[[[[")",
                                "[]",
                                "{}",
                                "[[]]",
                                "[{}]",
                                " [ ] ",
                                "\t\n\r {\r}\n\t",
                                "[1,2]",
                                "[1 , 2]",
                                R"({"a":1})",
                                R"({ "a" : 1 , "b" : [ ] })",
                                R"({"":0})",
                                R"({"a":{"a":{"a":1}}})",
                                R"([{"a":1},{"a":1}])",
                                R"({"a":[{}],"b":[{}]})",
                                std::string(16, '[') + std::string(16, ']'),
                                "1 ",
                                R"({"\u0061b":1,"a":2})"}) {
    const auto wrong = check(text);
    EXPECT_FALSE(wrong) << text << ": " << (wrong ? wrong->message() : "");
  }
}

struct Case {
  std::string text;
  std::size_t byte;
  const char* why;
};

TEST(JsonCheckTest, SaysWhatIsWrongAndAtWhichByte) {
  for (const Case& wrong : std::vector<Case>{
           // No value, or not a whole one.
           {"", 0, "a value"},
           {" ", 1, "a value"},
           {"nul", 0, "a value"},
           {"True", 0, "a value"},
           {"NaN", 0, "a value"},
           {"-Infinity", 1, "a digit"},
           {"undefined", 0, "a value"},
           {"{", 1, "name of a member"},
           {"[", 1, "a value"},
           {"[1", 2, "comma or ]"},
           {R"({"a")", 4, "a colon"},
           {R"({"a":)", 5, "a value"},
           {R"({"a":1)", 6, "comma or }"},
           {"\"a", 0, "has no end"},
           {"\"a\\", 2, "escape"},
           {"]", 0, "a value"},
           // More than a value.
           {"1 2", 2, "after the value"},
           {"{}{}", 2, "after the value"},
           {"[]]", 2, "after the value"},
           {"nullx", 4, "after the value"},
           {"{};", 2, "after the value"},
           {"\xef\xbb\xbf{}", 0, "a value"},
           // What other grammars allow.
           {"/* a */ 1", 0, "a value"},
           {"1 // a", 2, "after the value"},
           {"# a\n1", 0, "a value"},
           {"[1 /* a */]", 3, "comma or ]"},
           {"{/* a */}", 1, "name of a member"},
           {"['a']", 1, "a value"},
           {"{'a':1}", 1, "name of a member"},
           {"{a:1}", 1, "name of a member"},
           {"[1,]", 3, "a value"},
           {"[,1]", 1, "a value"},
           {"[1,,2]", 3, "a value"},
           {R"({"a":1,})", 7, "name of a member"},
           {"[1 2]", 3, "comma or ]"},
           {R"({"a" 1})", 5, "a colon"},
           {R"({"a",1})", 4, "a colon"},
           {"{1:1}", 1, "name of a member"},
           {"[1}", 2, "comma or ]"},
           {"{]", 1, "name of a member"},
           {R"({"a":1])", 6, "comma or }"},
           {"[\v1]", 1, "a value"},
           {"[\xc2\xa0"
            "1]",
            1, "a value"},
           {"var a = 1", 0, "a value"},
           // Numbers.
           {"+1", 0, "a value"},
           {".5", 0, "a value"},
           {"1.", 2, "a digit"},
           {"01", 1, "begin with 0"},
           {"-01", 2, "begin with 0"},
           {"-", 1, "a digit"},
           {"- 1", 1, "a digit"},
           {"1e", 2, "a digit"},
           {"1e+", 3, "a digit"},
           {"1.e1", 2, "a digit"},
           {"0x10", 1, "after the value"},
           {"1_000", 1, "after the value"},
           {"1e400", 0, "too large"},
           {"-1e400", 0, "too large"},
           {"9223372036854775808", 0, "too large"},
           {"[" + std::string(33, '1') + "]", 1, "too long"},
           // Strings.
           {"\"a\nb\"", 2, "control character"},
           {"\"\t\"", 1, "control character"},
           {"\"\x1f\"", 1, "control character"},
           {R"("\a")", 1, "escape"},
           {R"("\'")", 1, "escape"},
           {R"("\x41")", 1, "escape"},
           {R"("\u12")", 1, "escape"},
           {R"("\u12g4")", 1, "escape"},
           {R"("\U0041")", 1, "escape"},
           {R"("\u0000")", 1, "NUL"},
           {R"("\ud800")", 1, "surrogate"},
           {R"("\udc00")", 1, "surrogate"},
           {R"("\ud800\ud800")", 1, "surrogate"},
           {R"("\ud800\n")", 1, "surrogate"},
           {R"("\ud800x")", 1, "surrogate"},
           // Bytes.
           {"\"a\0b\""s, 2, "NUL"},
           {"1\0"s, 1, "NUL"},
           {"\"\xff\"", 1, "UTF-8"},
           {"\"\xc0\xaf\"", 1, "UTF-8"},
           {"\"\xed\xa0\x80\"", 1, "UTF-8"},
           {"\"\xf4\x90\x80\x80\"", 1, "UTF-8"},
           {"\"\xc3", 1, "UTF-8"},
           {"\xff\xfe{\0}\0"s, 0, "UTF-8"},
           // The same name twice.
           {R"({"a":1,"a":2})", 7, "two members"},
           {R"({"a":1,"\u0061":2})", 7, "two members"},
           {R"({"a":{"b":1},"c":0,"a":2})", 19, "two members"},
           // Too much.
           {std::string(17, '[') + std::string(17, ']'), 16, "too deep"},
           {R"({"a":)" + std::string(16, '[') + std::string(16, ']') + "}", 20, "too deep"},
       }) {
    const auto found = check(wrong.text);
    ASSERT_TRUE(found) << wrong.text;
    EXPECT_EQ(found->byte, wrong.byte) << wrong.text << ": " << found->message();
    EXPECT_THAT(found->why, HasSubstr(wrong.why)) << wrong.text;
  }
}

TEST(JsonCheckTest, BoundsWhatATextHolds) {
  const auto members = [](std::size_t count) {
    std::string text = "{";
    for (std::size_t i = 0; i < count; ++i)
      text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
    return text + "}";
  };
  const auto list = [](std::size_t count) {
    std::string text = "[0";
    for (std::size_t i = 1; i < count; ++i) text += ",0";
    return text + "]";
  };
  const auto key = [](std::size_t size) { return "{\"" + std::string(size, 'k') + "\":0}"; };
  const auto text = [](std::size_t size) { return '"' + std::string(size - 2, 'x') + '"'; };

  EXPECT_FALSE(check(members(Bounds::kMembers)));
  EXPECT_THAT(check(members(Bounds::kMembers + 1))->why, HasSubstr("too many members"));
  EXPECT_FALSE(check(list(Bounds::kValues - 1)));
  EXPECT_THAT(check(list(Bounds::kValues))->why, HasSubstr("too many values"));
  EXPECT_FALSE(check(key(Bounds::kKey)));
  EXPECT_THAT(check(key(Bounds::kKey + 1))->why, HasSubstr("too long"));
  EXPECT_FALSE(check(text(Bounds::kBytes)));
  EXPECT_THAT(check(text(Bounds::kBytes + 1))->why, HasSubstr("too large"));
}

TEST(JsonCheckTest, StandsBeforeTheParser) {
  for (const char* text : {"{/* a */}", "{'a':1}", R"({"a":1,})", R"({"a":1,"a":2})", "{} {}"}) {
    const auto read = parse_object(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_THAT(read.error().message, HasSubstr("the message is not JSON: byte ")) << text;
  }
}

/// Random JSON, and the same as json-glib builds it from its parts.
class Composer {
 public:
  explicit Composer(unsigned seed) : random_(seed) {}

  std::string value(int depth, JsonNode* node) {
    switch (below(depth > 0 ? 8 : 6)) {
    case 0: return json_node_init_null(node), "null";
    case 1: return json_node_init_boolean(node, TRUE), "true";
    case 2: return integer(node);
    case 3: return real(node);
    case 4:
    case 5: return string(node);
    case 6: return list(depth, node);
    default: return object(depth, node);
    }
  }

  std::string object(int depth, JsonNode* node) {
    JsonObject* const object = json_object_new();
    std::string text = "{" + space();
    for (unsigned i = 0, count = below(5); i < count; ++i) {
      const std::string name = "k" + std::to_string(i) + (below(2) == 0 ? "" : "é");
      JsonNode* const member = json_node_alloc();
      text += (i == 0 ? "\"" : ",\"") + name + '"' + space() + ':' + space() +
              value(depth - 1, member) + space();
      json_object_set_member(object, name.c_str(), member);
    }
    json_node_init_object(node, object);
    json_object_unref(object);
    return text + "}";
  }

 private:
  unsigned below(unsigned bound) { return random_() % bound; }
  std::string space() { return std::vector<std::string>{"", " ", "\n", "\t\r"}[below(4)]; }

  std::string integer(JsonNode* node) {
    const auto value = static_cast<std::int64_t>((std::uint64_t{random_()} << 32U) | random_());
    json_node_init_int(node, value >> below(64));
    return std::to_string(json_node_get_int(node));
  }

  std::string real(JsonNode* node) {
    const std::string text = std::to_string(below(1000)) + "." + std::to_string(below(1000)) +
                             std::vector<std::string>{"", "e1", "E+2", "e-300"}[below(4)];
    json_node_init_double(node, g_ascii_strtod(text.c_str(), nullptr));
    return text;
  }

  std::string string(JsonNode* node) {
    static const std::vector<std::pair<std::string, std::string>> kPieces{
        {"a", "a"},     {"\\n", "\n"},       {"\\\"", "\""},
        {"\\\\", "\\"}, {"\\u00e9", "é"},    {"\\ud83d\\ude00", "\U0001F600"},
        {"마", "마"},   {"\\/", "/"},        {"/*", "/*"},
        {"'", "'"},     {"\\u001f", "\x1f"}, {"]", "]"}};
    std::string text;
    std::string meaning;
    for (unsigned i = 0, count = below(6); i < count; ++i) {
      const auto& [written, meant] = kPieces[below(static_cast<unsigned>(kPieces.size()))];
      text += written;
      meaning += meant;
    }
    json_node_init_string(node, meaning.c_str());
    return '"' + text + '"';
  }

  std::string list(int depth, JsonNode* node) {
    JsonArray* const array = json_array_new();
    std::string text = "[" + space();
    for (unsigned i = 0, count = below(5); i < count; ++i) {
      JsonNode* const element = json_node_alloc();
      text += (i == 0 ? "" : ",") + space() + value(depth - 1, element) + space();
      json_array_add_element(array, element);
    }
    json_node_init_array(node, array);
    json_array_unref(array);
    return text + "]";
  }

  std::mt19937 random_;
};

TEST(JsonCheckTest, WhatItTakesIsReadAsTheSame) {
  for (unsigned seed = 0; seed < kSmall; ++seed) {
    const OwnedNode expected{json_node_alloc()};
    const std::string text = Composer{seed}.object(5, expected.get());

    const auto wrong = check(text);
    ASSERT_FALSE(wrong) << text << ": " << wrong->message();
    const auto read = parse_object(text);
    ASSERT_TRUE(read.ok()) << text << ": " << read.error().message;
    EXPECT_TRUE(json_node_equal(read->get(), expected.get())) << text;
  }
}

TEST(JsonCheckTest, WhatItTakesOfDamagedTextTheParserTakesToo) {
  std::mt19937 random{7};
  constexpr std::string_view kDamage = "{}[],:\"\\'/*#-+.eE01ntu \n\t\x01";
  int taken = 0;
  for (unsigned seed = 0; seed < kSmall; ++seed) {
    const OwnedNode ignored{json_node_alloc()};
    const std::string whole = Composer{seed}.object(3, ignored.get());
    for (int round = 0; round < 20; ++round) {
      std::string text = whole;
      const std::size_t at = random() % text.size();
      if (random() % 2 == 0)
        text[at] = kDamage[random() % kDamage.size()];
      else
        text.insert(at, 1, kDamage[random() % kDamage.size()]);
      if (check(text)) continue;
      ++taken;
      const auto read = parse_object(text);
      EXPECT_TRUE(read.ok()) << text;
    }
  }
  EXPECT_GT(taken, 100); // Otherwise this says nothing.
}

} // namespace
} // namespace fanlight::http::json
