#pragma once

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "config/reader.h"
#include "config/record.h"
#include "config/values.h"

/// What one key of the configuration is: declared once, in config/schema.cpp, and used by all that
/// read, write, show and compare.
namespace fanlight::config {

/// What a change of a value costs, the cheapest first.
enum class Effect {
  live,    ///< The running service applies it; viewers stay.
  rebuild, ///< The camera is rebuilt; its viewers must reconnect.
  restart, ///< The service must be restarted.
};

/// Who looks at printed settings.
enum class View { stored, shown };

/// A key whose value differs.
struct Change {
  std::string key; ///< As webrtc.max_viewers.
  Effect effect;
  std::string text; ///< "is now 500", or "has changed" where the value is not told.
};

/// What else is to be known of a key; most have none of this.
struct Traits {
  const char* example = nullptr; ///< The key is required; such a value would be right.
  bool secret = false;           ///< Never shown nor logged; what a request leaves out is kept.
  bool told = false;             ///< Only shown; a request may send it back, a file may not.
  bool file = false;             ///< Names a file of the server, which no request may do.
  bool connection = false;       ///< Another value is another connection to the camera.
  bool certificate = false;      ///< Says which servers may get the password.
  bool browsers = false;         ///< Only in entries of webrtc.browser_ice_servers.
};

/// One key of `S`. Most are made by field(), from a member and a function that reads its value.
template <typename S> struct Field {
  const char* name;
  Effect effect = Effect::restart; ///< Of a key with `list`: the worst that it can come to.
  Traits traits = {};
  void (*read)(const Value& value, S& out) = nullptr;       ///< Null: not by itself.
  Printed (*print)(const S& settings, View view) = nullptr; ///< Null: the program never does.
  bool (*same)(const S& one, const S& other) = nullptr;     ///< Null: is not compared.
  /// Gives `wanted` the value of `running`; of a section only what needs a restart.
  void (*keep)(const S& running, S& wanted) = nullptr;
  void (*list)(const S& before, const S& after, const std::string& key,
               std::vector<Change>& changes) = nullptr; ///< The changes of keys within.

  /// The same key, printed in another way.
  constexpr Field printed(Printed (*other)(const S& settings, View view)) const {
    Field field = *this;
    field.print = other;
    return field;
  }
};

/// The keys of a struct, in the order of config/fanlight.yaml; config/schema.h names those that
/// there are.
template <typename S> std::span<const Field<S>> fields();

inline Printed printed(const std::string& text) { return text; }
inline Printed printed(const std::vector<std::string>& texts) { return texts; }
inline Printed printed(bool on) { return on; }
inline Printed printed(std::uint16_t number) { return std::int64_t{number}; }
inline Printed printed(std::uint32_t number) { return std::int64_t{number}; }
inline Printed printed(std::chrono::milliseconds duration) { return Word{in_words(duration)}; }
template <typename T>
requires kIsChoice<T> Printed printed(const T& choice) { return Word{to_word(choice)}; }
template <typename T>
requires kIsChoice<T> Printed printed(const std::vector<T>& choices) {
  std::vector<Word> words;
  for (const T& choice : choices) words.push_back({to_word(choice)});
  return words;
}

template <typename Member> struct MemberOf;
template <typename S, typename T> struct MemberOf<T S::*> {
  using Struct = S;
  using Type = T;
};

/// The key of a member. `Read` takes the text of a scalar and returns what is wrong with it, as the
/// functions of config/values.h, or takes a whole Value and complains itself.
template <auto Member, auto Read>
constexpr auto field(const char* name, Effect effect, Traits traits = {}) {
  using S = typename MemberOf<decltype(Member)>::Struct;
  using T = typename MemberOf<decltype(Member)>::Type;
  Field<S> made{.name = name, .effect = effect, .traits = traits};
  made.read = [](const Value& value, S& out) {
    if constexpr (std::is_invocable_v<decltype(Read), const Value&, T&>)
      Read(value, out.*Member);
    else
      read_scalar(value, out.*Member, Read);
  };
  static_assert(
      requires(const T& value) { printed(value); },
      "without an overload of printed(), the managed file and the API would leave the key out");
  made.print = [](const S& settings, View) { return printed(settings.*Member); };
  made.same = [](const S& one, const S& other) { return one.*Member == other.*Member; };
  made.keep = [](const S& running, S& wanted) { wanted.*Member = running.*Member; };
  return made;
}

/// A key that is only shown.
template <typename S> constexpr Field<S> told(const char* name, Printed (*print)(const S&, View)) {
  return {.name = name, .traits = {.told = true}, .print = print};
}

/// Those keys of `values` that are in `keys`, with diagnostics about required ones that are not
/// there.
template <typename S>
void read_values(const Value& mapping, const std::map<std::string, Value>& values,
                 std::span<const Field<S>> keys, S& out) {
  for (const Field<S>& key : keys) {
    if (key.read == nullptr) continue;
    const auto value = values.find(key.name);
    if (value != values.end())
      key.read(value->second, out);
    else if (key.traits.example != nullptr && mapping.node.IsMap())
      mapping.diagnostics.add(mapping.mark, mapping.key,
                              {"key_missing"_reason,
                               "has no {key}; add, for example, {key}: {example}",
                               {{"key", key.name}, {"example", key.traits.example}}});
  }
}

/// The names of keys that may be in a file.
template <typename S> std::vector<std::string> names_of(std::span<const Field<S>> keys) {
  std::vector<std::string> names;
  for (const Field<S>& key : keys)
    if (!key.traits.told) names.emplace_back(key.name);
  return names;
}

template <typename S>
void read_mapping(const Value& mapping, S& out, std::span<const Field<S>> keys) {
  read_values(mapping, read_keys(mapping, names_of(keys)), keys, out);
}

/// Adds the keys whose values differ.
template <typename S>
void list_changes(const S& before, const S& after, const std::string& prefix,
                  std::vector<Change>& changes) {
  for (const Field<S>& field : fields<S>()) {
    if (field.same == nullptr || field.same(before, after)) continue;
    const std::string key = prefix + field.name;
    const bool tells = field.print != nullptr && !field.traits.secret;
    if (field.list != nullptr)
      field.list(before, after, key, changes);
    else
      changes.push_back(
          {key, field.effect,
           tells ? "is now " + in_words(field.print(after, View::shown)) : "has changed"});
  }
}

/// Takes back, in `wanted`, every change that needs a restart.
template <typename S> void keep_running(const S& running, S& wanted) {
  for (const Field<S>& field : fields<S>())
    if (field.effect == Effect::restart && field.keep != nullptr) field.keep(running, wanted);
}

template <typename S> Record record_of(const S& settings, View view) {
  static const S kDefaults;
  Record record;
  for (const Field<S>& field : fields<S>()) {
    if (field.print == nullptr || (view == View::shown ? field.traits.secret : field.traits.told))
      continue;
    if (view == View::stored && field.traits.example == nullptr && field.same(kDefaults, settings))
      continue;
    record.members.push_back({field.name, field.print(settings, view)});
  }
  return record;
}

/// A section: a mapping with keys of its own.
template <auto Member> constexpr auto section(const char* name) {
  using S = typename MemberOf<decltype(Member)>::Struct;
  Field<S> made{.name = name};
  using T = typename MemberOf<decltype(Member)>::Type;
  made.read = [](const Value& value, S& out) { read_mapping(value, out.*Member, fields<T>()); };
  made.same = [](const S& one, const S& other) { return one.*Member == other.*Member; };
  made.keep = [](const S& running, S& wanted) { keep_running(running.*Member, wanted.*Member); };
  made.list = [](const S& before, const S& after, const std::string& key,
                 std::vector<Change>& changes) {
    list_changes(before.*Member, after.*Member, key + '.', changes);
  };
  return made;
}

/// A list of mappings, which another function reads. A different number of entries costs `Cost`.
template <auto Member, Effect Cost> constexpr auto list_of(const char* name) {
  using S = typename MemberOf<decltype(Member)>::Struct;
  Field<S> made{.name = name, .effect = Cost};
  made.print = [](const S& settings, View view) -> Printed {
    std::vector<Record> records;
    for (const auto& entry : settings.*Member) records.push_back(record_of(entry, view));
    return records;
  };
  made.same = [](const S& one, const S& other) { return one.*Member == other.*Member; };
  made.list = [](const S& before, const S& after, const std::string& key,
                 std::vector<Change>& changes) {
    const auto& old = before.*Member;
    const auto& now = after.*Member;
    if (old.size() != now.size()) return changes.push_back({key, Cost, "has changed"});
    for (std::size_t i = 0; i < now.size(); ++i)
      list_changes(old[i], now[i], key + '[' + std::to_string(i) + "].", changes);
  };
  return made;
}

} // namespace fanlight::config
