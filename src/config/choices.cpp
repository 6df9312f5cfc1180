#include "config/values.h"

#include <algorithm>

#include <glib.h>

namespace fanlight::config {

Reason not_a_choice(const std::string& words, const std::string& near) {
  if (near.empty())
    return {"not_a_choice"_reason, "is not allowed; must be one of {words}", {{"words", words}}};
  return {"not_a_choice_near"_reason,
          "is not allowed; must be one of {words}: did you mean {near}?",
          {{"words", words}, {"near", near}}};
}

std::string nearest(const std::string& mistyped, const std::vector<std::string>& words) {
  // Edit distance, with a swap of neighbours as one edit; one row per character of `mistyped`.
  const auto distance = [](const std::string& a, const std::string& b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
      for (std::size_t j = 0; j <= b.size(); ++j) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        const bool same = g_ascii_tolower(a[i - 1]) == b[j - 1];
        d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (same ? 0 : 1)});
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
          d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
    return d[a.size()][b.size()];
  };
  std::string best;
  std::size_t least = std::max<std::size_t>(2, mistyped.size() / 3) + 1;
  if (mistyped.size() > 64) return best;
  for (const std::string& word : words) {
    // If most letters would have to change, the word would be a random guess.
    const std::size_t edits = distance(mistyped, word);
    if (edits < least && edits * 2 <= word.size()) {
      least = edits;
      best = word;
    }
  }
  return best;
}

} // namespace fanlight::config
