#include "config/groups.h"

#include <algorithm>
#include <cstddef>

#include <glib.h>

#include "config/values.h"

namespace fanlight::config {
namespace {

Reason read_group(const std::string& text, std::string& out) {
  // A link to a wall writes a group as @yard among cameras with commas between them.
  constexpr glong kLongest = 40;
  if (const Reason wrong = read_any(text, out); !wrong.empty()) return wrong;
  if (text.empty() || g_utf8_strlen(text.c_str(), -1) > kLongest || text.front() == ' ' ||
      text.back() == ' ' || text.find_first_of(",@!*") != std::string::npos)
    return {"not_a_group"_reason,
            "is not the name of a group; must be 1 to {limit} characters, such as Yard, without "
            "spaces at the ends and without , @ ! *",
            {{"limit", kLongest}}};
  return {};
}

} // namespace

void read_groups(const Value& value, std::vector<std::string>& out) {
  constexpr std::size_t kMost = 16; // Each is compared with all others.
  std::vector<std::string> groups;
  const std::vector<Value> entries = value.list("names of groups");
  if (entries.size() > kMost)
    return value.refuse({"many_groups"_reason, "has more than {limit} groups", {{"limit", kMost}}});
  for (const Value& entry : entries) {
    std::string group;
    read_scalar(entry, group, read_group);
    if (std::find(groups.begin(), groups.end(), group) != groups.end())
      entry.refuse({"word_twice"_reason, "occurs twice; remove one"});
    groups.push_back(group);
  }
  out = groups;
}

} // namespace fanlight::config
