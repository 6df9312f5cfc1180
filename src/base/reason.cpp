#include "base/reason.h"

#include <algorithm>
#include <string_view>

namespace fanlight {
namespace {

std::string text_of(const std::string& text) { return text; }
std::string text_of(std::int64_t number) { return std::to_string(number); }
std::string text_of(const std::vector<Reason>& reasons) {
  std::string text;
  for (const Reason& reason : reasons) text += (text.empty() ? "" : ", ") + reason.message;
  return text;
}

/// The sentence with the values in their places. Braces around anything else stay: ${NAME}.
std::string filled(std::string_view sentence, const std::vector<Reason::Value>& values) {
  std::string text;
  while (!sentence.empty()) {
    const std::size_t open = std::min(sentence.find('{'), sentence.size());
    const std::size_t close = sentence.find('}', open);
    text += sentence.substr(0, open);
    sentence.remove_prefix(open);
    if (close == sentence.npos) break;
    const std::string_view name = sentence.substr(1, close - open - 1);
    const auto value = std::find_if(values.begin(), values.end(),
                                    [name](const auto& known) { return known.name == name; });
    const std::size_t used = value == values.end() ? 1 : close - open + 1;
    if (value == values.end())
      text += '{';
    else
      text += std::visit([](const auto& known) { return text_of(known); }, value->value);
    sentence.remove_prefix(used);
  }
  return text += sentence;
}

} // namespace

Reason::Reason(ReasonCode code, Literal sentence, std::vector<Value> values_by_name)
    : message(filled(sentence.text(), values_by_name)), id(code.text()),
      values(std::move(values_by_name)) {}

} // namespace fanlight
