#include "config/record.h"

#include <type_traits>

#include "base/words.h"
#include "config/schema.h"

namespace fanlight::config {

Record stored(const Camera& camera) { return record_of(camera, View::stored); }

Record shown(const Camera& camera) { return record_of(camera, View::shown); }

std::string in_words(std::chrono::milliseconds duration) {
  const auto ms = duration.count();
  return ms != 0 && ms % 1000 == 0 ? std::to_string(ms / 1000) + "s" : std::to_string(ms) + "ms";
}

std::string in_words(const Printed& value) {
  const auto write = [](const auto& is) -> std::string {
    using T = std::decay_t<decltype(is)>;
    std::vector<std::string> words;
    if constexpr (std::is_same_v<T, std::string>)
      return is;
    else if constexpr (std::is_same_v<T, Word>)
      return is.text;
    else if constexpr (std::is_same_v<T, bool>)
      return is ? "true" : "false";
    else if constexpr (std::is_same_v<T, std::int64_t>)
      return std::to_string(is);
    else if constexpr (std::is_same_v<T, std::vector<std::string>>)
      return join(is);
    else if constexpr (std::is_same_v<T, std::vector<Word>>)
      for (const Word& word : is) words.push_back(word.text);
    else
      return std::to_string(is.size()) + " entries";
    return join(words);
  };
  const std::string words = std::visit(write, value);
  return words.empty() ? "empty" : words;
}

} // namespace fanlight::config
