#pragma once

#include <string>
#include <variant>

#include "config/config.h"

/// The configuration's two files: what people write, which is only read, and the cameras that the
/// program manages, which it writes whole.
namespace fanlight::config {

/// Where the managed cameras are, by the configuration in `path`.
std::string cameras_file(const Config& config, const std::string& path);

/// The folder of what the server stores, by the configuration in `path`.
std::string data_directory(const Config& config, const std::string& path);

/// Errc::not_found with the reason.
Result<Text> read_text(const std::string& path);
/// Empty where there is no such file.
Result<Text> read_if_there(const std::string& path);

struct Files {
  Text own;
  Text managed; ///< Empty if there is no such file.
  bool operator==(const Files&) const = default;
};
/// Reads both files. The configuration in `path` names the managed file; if it has mistakes,
/// `running` names it, if given. Errc::not_found; Errc::invalid: the mistakes, or the managed file
/// would be `path` itself.
std::variant<Files, Mistake> read_files(const std::string& path, const Config* running = nullptr);
/// Like parse(), with the place of a mistake.
std::variant<Config, Mistake> parse_files(const Files& files);

/// The managed cameras of `config` and the order of all of them, as YAML that parse() reads back to
/// the same.
std::string managed_yaml(const Config& config);

/// Replaces the file by one with mode 0600, so that whatever happens it is the old or the new one.
/// Errc::internal.
Result<Done> write_whole(const Text& text);

} // namespace fanlight::config
