#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "base/result.h"
#include "config/values.h"

/// Walks a YAML document along tables of keys and gathers every complaint about it.
namespace fanlight::config {

/// What is wrong with a key, and what would be right.
struct Complaint {
  std::string key;
  std::string text;
};

/// Gathers complaints as `file:line:column: key: what is wrong; what would be right`.
class Complaints {
 public:
  explicit Complaints(std::string file) : file_(std::move(file)) {}
  void add(const YAML::Mark& mark, const std::string& key, const std::string& text);
  bool empty() const { return texts_.empty(); }
  const std::string& file() const { return file_; }
  /// All of them without their places.
  const std::vector<Complaint>& all() const { return all_; }
  Error error() const; ///< Errc::invalid, all of them, a line each.

 private:
  const std::string file_;
  std::vector<std::string> texts_;
  std::vector<Complaint> all_;
};

/// A node, the key it was found under (e.g. cameras[0].url), and where to complain about it.
struct Value {
  YAML::Node node;
  YAML::Mark mark; ///< Of the value, or of its key where the value is empty.
  std::string key;
  Complaints& complaints;

  /// "<what is given> <wrong>", without credentials and with `${...}` as it stands in the file.
  void refuse(const std::string& wrong) const;
  /// The scalar with `${...}` expanded; none after a complaint.
  std::optional<std::string> text() const;
  /// The entries of a list, none after a complaint; an empty value is an empty list.
  std::vector<Value> list(const char* of_what) const;
};

/// One key of a mapping: how its value gets into the struct. A key with an example is required.
template <typename Struct> struct Key {
  const char* name;
  void (*read)(const Value& value, Struct& out);
  const char* example = nullptr;
};

/// A scalar by one of the read functions of config/values.h.
template <typename T>
void read_scalar(const Value& value, T& out, std::string (*read)(const std::string&, T&)) {
  const std::optional<std::string> text = value.text();
  if (!text) return;
  if (const std::string wrong = read(*text, out); !wrong.empty()) value.refuse(wrong);
}

/// The keys of a mapping by name, after complaints about those that are given twice, not known, or
/// missing.
std::map<std::string, Value> read_keys(const Value& mapping, const std::vector<std::string>& known);

/// Those keys of `values` that are in the table, with complaints about required ones that are not
/// there.
template <typename Struct>
void read_values(const Value& mapping, const std::map<std::string, Value>& values,
                 std::span<const Key<Struct>> keys, Struct& out) {
  for (const Key<Struct>& key : keys) {
    const auto value = values.find(key.name);
    if (value != values.end())
      key.read(value->second, out);
    else if (key.example != nullptr && mapping.node.IsMap())
      mapping.complaints.add(mapping.mark, mapping.key,
                             std::string("has no ") + key.name + "; add e.g. " + key.name + ": " +
                                 key.example);
  }
}

template <typename Struct>
void read_mapping(const Value& mapping, Struct& out, std::span<const Key<Struct>> keys) {
  std::vector<std::string> known;
  for (const Key<Struct>& key : keys) known.emplace_back(key.name);
  read_values<Struct>(mapping, read_keys(mapping, known), keys, out);
}

} // namespace fanlight::config
