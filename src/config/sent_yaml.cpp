#include "config/sent_yaml.h"

#include <cstddef>
#include <sstream>

#include <yaml-cpp/eventhandler.h>

namespace fanlight::config {
namespace {

constexpr std::size_t kLongestValue = 4096; ///< Bytes. Streams get copies of their camera's values.

/// Refuses what makes a large document of a small text. It reads events, because nodes do not tell
/// an alias from a value that is written out.
class Bounds : public YAML::EventHandler {
 public:
  explicit Bounds(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { check(mark, anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { check(mark, anchor); }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                const std::string& value) override {
    check(mark, anchor);
    if (value.size() > kLongestValue)
      diagnostics_.add(mark, "",
                       {"long_value"_reason,
                        "has a value of more than {limit} bytes",
                        {{"limit", kLongestValue}}});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    check(mark, anchor);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    check(mark, anchor);
  }
  void OnMapEnd() override {}

 private:
  void check(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor == YAML::NullAnchor) return;
    diagnostics_.add(mark, "",
                     {"yaml_alias"_reason,
                      "has an anchor (&) or an alias (*), which are not allowed here; repeat the "
                      "value, or put a text that begins with & or * in quotation marks"});
  }

  Diagnostics& diagnostics_;
};

} // namespace

std::optional<YAML::Node> load_sent(const std::string& text, Diagnostics& diagnostics) {
  refuse_second_document(text, diagnostics);
  std::string literal;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 2, "${") == 0) literal += '$';
    literal += text[at];
  }
  std::istringstream stream(literal);
  Bounds bounds(diagnostics);
  YAML::Parser(stream).HandleNextDocument(bounds);
  if (!diagnostics.empty()) return std::nullopt;
  return YAML::Load(literal);
}

} // namespace fanlight::config
