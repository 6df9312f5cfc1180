#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "base/result.h"
#include "config/values.h"

/// Reads values out of a YAML document and gathers every diagnostic about them.
namespace fanlight::config {

/// How many errors are told at a time: people repair few.
constexpr std::size_t kMostErrors = 500;

/// Gathers diagnostics as `file:line:column: key: what is wrong; what would be right`. After
/// kMostErrors, the only further one is more_errors().
class Diagnostics {
 public:
  explicit Diagnostics(std::string file) : file_(std::move(file)) {}
  void add(const YAML::Mark& mark, const std::string& key, const Reason& why);
  bool empty() const { return texts_.empty(); }
  const std::string& file() const { return file_; }
  /// All of them without their places.
  const std::vector<Diagnostic>& all() const { return all_; }
  Error error() const; ///< Errc::invalid, all of them, a line each.
  Mistake mistake() const;

 private:
  void keep(const YAML::Mark& mark, const std::string& key, const Reason& why);

  const std::string file_;
  std::vector<std::string> texts_;
  std::vector<Diagnostic> all_;
};

/// That there are more than kMostErrors.
Reason more_errors();

/// YAML::Load() would silently ignore a second document.
void refuse_second_document(std::string_view yaml, Diagnostics& diagnostics);

/// A node, the key it was found under (e.g. cameras[0].url), and where to complain about it.
struct Value {
  YAML::Node node;
  YAML::Mark mark; ///< Of the value, or of its key where the value is empty.
  std::string key;
  Diagnostics& diagnostics;

  /// "<what is given> <wrong>", without credentials and with `${...}` as it stands in the file.
  void refuse(const Reason& wrong) const;
  /// The scalar with `${...}` expanded; none after a diagnostic.
  std::optional<std::string> text() const;
  /// The entries of a list, none after a diagnostic; an empty value is an empty list.
  std::vector<Value> list(const char* of_what) const;
};

/// A scalar by one of the read functions of config/values.h.
template <typename T>
void read_scalar(const Value& value, T& out, Reason (*read)(const std::string&, T&)) {
  const std::optional<std::string> text = value.text();
  if (!text) return;
  if (const Reason wrong = read(*text, out); !wrong.empty()) value.refuse(wrong);
}

/// A list of text, each by one of those functions.
void read_texts(const Value& value, const char* of_what, std::vector<std::string>& out,
                Reason (*read)(const std::string&, std::string&));

/// A scalar that no diagnostic may show.
void read_hidden(const Value& value, std::string& out);

/// The keys of a mapping by name, after diagnostics about those that are given twice, not known, or
/// missing.
std::map<std::string, Value> read_keys(const Value& mapping, const std::vector<std::string>& known);

} // namespace fanlight::config
