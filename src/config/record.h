#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "config/config.h"

/// Settings as names and values, as the managed file, the API and the log write them.
namespace fanlight::config {

/// A word that only the configuration gives a meaning, as `always` or `100ms`: no text of a user.
struct Word {
  std::string text;
  bool operator==(const Word&) const = default;
};
struct Record;
using Printed = std::variant<std::string, Word, bool, std::int64_t, std::vector<std::string>,
                             std::vector<Word>, std::vector<Record>>;

/// The keys of one mapping with their values, in the order of config/fanlight.yaml.
struct Record {
  struct Member {
    const char* name;
    Printed value;
    bool operator==(const Member&) const = default;
  };
  std::vector<Member> members;
  bool operator==(const Record&) const = default;
};

/// What the managed file holds of a camera: secrets, too, but nothing that has its default.
Record stored(const Camera& camera);
/// What may leave the server of a camera: everything but its secrets, and where it is written.
Record shown(const Camera& camera);

/// "100ms", "5s".
std::string in_words(std::chrono::milliseconds duration);
/// A value for the log: "true", "500", "a, b"; "empty" if it is.
std::string in_words(const Printed& value);

} // namespace fanlight::config
