#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/reason.h"
#include "config/config.h"

/// Cameras as the API sends them.
namespace fanlight::config {

/// What is wrong with one key of a request.
struct KeyError {
  std::string key; ///< As streams[0].url.
  Reason why;
};
using KeyErrors = std::vector<KeyError>;

/// Whether `text` can be the id of a camera or a stream: 1-64 of a-z 0-9 _ -.
bool is_id(std::string_view text);

/// The camera that a JSON object describes by the keys of the configuration. `before` is the one it
/// replaces, or null: a password that is not sent is kept for the same stream at the same address.
/// Nothing of it reads the server's environment or files.
std::variant<Camera, KeyErrors> read_request(const std::string& json, const Camera* before);

/// Whether both are the same connection: URL, login and transport, however they are written.
bool same_connection(const Stream& one, const Stream& other);

/// The other camera that has this URL; null: none.
const Camera* find_url(const Config& config, const std::string& url, const std::string& not_of);

} // namespace fanlight::config
