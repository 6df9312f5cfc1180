#include "config/reader.h"

#include <algorithm>
#include <cstdlib>

#include <glib.h>

#include "base/log_line.h"

namespace fanlight::config {
namespace {

constexpr const char* kNotShown = "the value (not shown)";

/// What is wrong with a value, after the value.
Reason after(const std::string& value, Reason wrong) {
  wrong.message.insert(0, value + ' ');
  return wrong;
}

Reason type_of(const YAML::Node& node) {
  if (node.IsSequence()) return {"type_list"_reason, "is a list"};
  if (node.IsMap()) return {"type_mapping"_reason, "is a mapping of keys"};
  return node.IsScalar() ? Reason{"type_scalar"_reason, "is a single value"}
                         : Reason{"type_empty"_reason, "is empty"};
}

bool is_name(std::string_view text) {
  return !text.empty() && !g_ascii_isdigit(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return g_ascii_isalnum(c) || c == '_'; });
}

/// Replaces ${NAME} and ${NAME:-default} by environment variables; $${ stands for ${. Returns what
/// is wrong.
Reason expand(std::string_view text, std::string& out) {
  while (!text.empty()) {
    if (text.starts_with("$${")) {
      out += "${";
      text.remove_prefix(3);
      continue;
    }
    if (!text.starts_with("${")) {
      out += text[0];
      text.remove_prefix(1);
      continue;
    }
    const std::size_t close = text.find('}');
    if (close == text.npos)
      return {"variable_open"_reason, "has ${ without }; write ${NAME}, or $${ for ${ itself"};
    const std::string_view inside = text.substr(2, close - 2);
    const std::size_t dash = inside.find(":-");
    const std::string name(inside.substr(0, dash));
    if (!is_name(name))
      return {"variable_name"_reason,
              "has ${{name}}, which is not a valid name; write ${NAME} with letters, digits and _",
              {{"name", name}}};
    const char* value = std::getenv(name.c_str());
    if (dash != inside.npos && (value == nullptr || *value == '\0'))
      out += inside.substr(dash + 2);
    else if (value == nullptr)
      return {"variable_unset"_reason,
              "needs the environment variable {name}, which is not set; set the variable, or write "
              "${{name}:-default}",
              {{"name", name}}};
    else
      out += value;
    text.remove_prefix(close + 1);
  }
  return {};
}

/// The part of a value that a diagnostic may show: without credentials, or nothing if the value is
/// too broken to find them.
std::string shown(const std::string& scalar) {
  constexpr std::size_t kLongest = 80;
  std::string text = log::plain_value(scalar, log::kShort.message);
  for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@', at + 1))
    if (at < 3 || text.compare(at - 3, 3, "***") != 0) return kNotShown;
  if (text.size() > kLongest) {
    std::size_t end = kLongest; // Not in the middle of a character.
    while ((static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
    text = text.substr(0, end) + "...";
  }
  return '"' + text + '"';
}

} // namespace

void Diagnostics::add(const YAML::Mark& mark, const std::string& key, const Reason& why) {
  if (all_.size() < kMostErrors)
    keep(mark, key, why);
  else if (all_.size() == kMostErrors)
    keep(YAML::Mark::null_mark(), "", more_errors());
}

void Diagnostics::keep(const YAML::Mark& mark, const std::string& key, const Reason& why) {
  std::string diagnostic = file_ + ':';
  if (!mark.is_null())
    diagnostic += std::to_string(mark.line + 1) + ':' + std::to_string(mark.column + 1) + ':';
  diagnostic += (key.empty() ? "" : ' ' + key + ':') + ' ' + why.message;
  texts_.push_back(std::move(diagnostic));
  all_.push_back({key, why, mark.is_null() ? 0 : mark.line + 1});
}

Error Diagnostics::error() const {
  std::string all;
  for (const std::string& text : texts_) all += (all.empty() ? "" : "\n") + text;
  return {Errc::invalid, all};
}

Mistake Diagnostics::mistake() const {
  int first = 0;
  for (const Diagnostic& diagnostic : all_)
    if (diagnostic.line > 0 && (first == 0 || diagnostic.line < first)) first = diagnostic.line;
  return {file_, first, error(), all_};
}

Reason more_errors() {
  return {"more_errors"_reason, "there are more errors; correct these first"};
}

// LoadAll() of yaml-cpp 0.7 exhausts the memory on some malformed input. Therefore this searches
// for the mark, which YAML does not allow elsewhere at the start of a line.
void refuse_second_document(std::string_view yaml, Diagnostics& diagnostics) {
  bool begun = false;
  YAML::Mark mark;
  for (mark.line = 0; !yaml.empty(); ++mark.line) {
    std::string_view line = yaml.substr(0, yaml.find('\n'));
    yaml.remove_prefix(std::min(line.size() + 1, yaml.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (begun && (line == "---" || line.starts_with("--- ") || line.starts_with("---\t")))
      diagnostics.add(mark, "",
                      {"second_document"_reason,
                       "a second document begins here; keep only one, and remove ---"});
    begun = begun || !(line.empty() || line[0] == '#' || line[0] == '%');
  }
}

void Value::refuse(const Reason& wrong) const {
  diagnostics.add(mark, key, after(shown(node.Scalar()), wrong));
}

std::optional<std::string> Value::text() const {
  if (!node.IsScalar()) {
    const std::vector<Reason::Value> is{{"type", {type_of(node)}}};
    diagnostics.add(
        mark, key,
        node.IsNull()
            ? Reason{"value_empty"_reason,
                     "{type}; must be a single value, or leave the key out for its default", is}
            : Reason{"not_one_value"_reason, "{type}; must be a single value", is});
    return std::nullopt;
  }
  std::string expanded;
  if (const Reason wrong = expand(node.Scalar(), expanded); !wrong.empty()) {
    diagnostics.add(mark, key, wrong);
    return std::nullopt;
  }
  return expanded;
}

std::vector<Value> Value::list(const char* of_what) const {
  std::vector<Value> entries;
  if (node.IsSequence()) {
    for (const YAML::Node& entry : node)
      entries.push_back(
          {entry, entry.Mark(), key + '[' + std::to_string(entries.size()) + ']', diagnostics});
  } else if (!node.IsNull()) {
    diagnostics.add(mark, key,
                    {"not_a_list"_reason,
                     "{type}; must be a list of {what}, one per line after a dash",
                     {{"type", {type_of(node)}}, {"what", of_what}}});
  }
  return entries;
}

void read_texts(const Value& value, const char* of_what, std::vector<std::string>& out,
                Reason (*read)(const std::string&, std::string&)) {
  for (const Value& entry : value.list(of_what)) read_scalar(entry, out.emplace_back(), read);
}

void read_hidden(const Value& value, std::string& out) {
  const std::optional<std::string> text = value.text();
  if (!text) return;
  if (const Reason wrong = read_any(*text, out); !wrong.empty())
    value.diagnostics.add(value.mark, value.key, after(kNotShown, wrong));
}

std::map<std::string, Value> read_keys(const Value& mapping,
                                       const std::vector<std::string>& known) {
  std::map<std::string, Value> values;
  std::string all;
  for (const std::string& name : known) all += (all.empty() ? "" : ", ") + name;
  if (!mapping.node.IsMap()) {
    if (!mapping.node.IsNull())
      mapping.diagnostics.add(mapping.mark, mapping.key,
                              {"not_a_mapping"_reason,
                               "{type}; must be a mapping of the keys {keys}",
                               {{"type", {type_of(mapping.node)}}, {"keys", all}}});
    return values;
  }
  std::map<std::string, int> lines;
  for (const auto& entry : mapping.node) {
    const YAML::Node& key = entry.first;
    // A key that is not a scalar has no text, and counts as unknown.
    const std::string name = key.Scalar();
    const std::string path = mapping.key.empty() ? name : mapping.key + '.' + name;
    if (const auto [first, is_new] = lines.emplace(name, key.Mark().line + 1); !is_new) {
      mapping.diagnostics.add(key.Mark(), path,
                              {"key_twice"_reason,
                               "occurs twice, first on line {line}; remove one",
                               {{"line", first->second}}});
    } else if (std::find(known.begin(), known.end(), name) != known.end()) {
      values.emplace(name, Value{entry.second, (entry.second.IsNull() ? key : entry.second).Mark(),
                                 path, mapping.diagnostics});
    } else {
      const std::string near = nearest(name, known);
      mapping.diagnostics.add(key.Mark(), log::plain_value(path, log::kShort.field),
                              near.empty() ? Reason{"unknown_key"_reason,
                                                    "is not a valid key here; the keys are {keys}",
                                                    {{"keys", all}}}
                                           : Reason{"unknown_key_near"_reason,
                                                    "is not a valid key here; did you mean {near}?",
                                                    {{"near", near}}});
    }
  }
  return values;
}

} // namespace fanlight::config
