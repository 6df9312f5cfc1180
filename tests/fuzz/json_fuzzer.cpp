#include <cstdint>
#include <cstdlib>

#include "http/json.h"
#include "http/json_check.h"

/// Whatever a client sends: no crash, the place of a mistake is in the text, and what the check
/// takes json-glib reads, and writes so that it is taken and read as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fanlight::http;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto wrong = json::check(text)) {
    if (wrong->byte > size) std::abort();
    return 0;
  }
  const auto read = json::parse_object(text);
  if (!read) {
    if (read.error().message != "the message is not a JSON object") std::abort();
    return 0;
  }
  const std::string written = take_text(json_to_string(read->get(), FALSE));
  const auto again = json::parse_object(written);
  if (!again || json_node_equal(read->get(), again->get()) == FALSE) std::abort();
  return 0;
}
