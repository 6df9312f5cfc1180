#include "config/files.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <type_traits>
#include <variant>

#include <fcntl.h>
#include <glib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include "config/record.h"

namespace fanlight::config {
namespace {

using Path = std::filesystem::path;

/// A failed system call. `step`: of what it was a part; empty: of the whole.
Error failed(const std::string& file, const std::string& step = {}) {
  return {Errc::internal, Reason{"write_failed"_reason,
                                 "writing {file}: {detail}",
                                 {{"file", file}, {"detail", step + g_strerror(errno)}}}};
}

/// A descriptor that is closed with its end.
class File {
 public:
  File(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  explicit operator bool() const { return fd_ >= 0; }
  bool write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(fd_, text.data(), text.size());
      if (written < 0 && errno != EINTR) return false;
      if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool sync() const { return fsync(fd_) == 0; }
  /// The previous file of that name may have had another mode.
  bool hide() const { return fchmod(fd_, S_IRUSR | S_IWUSR) == 0; }

 private:
  const int fd_;
};

/// Escapes `${`: text from the settings page contains no variables.
std::string plain(const std::string& value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value.compare(i, 2, "${") == 0) out += '$';
    out += value[i];
  }
  return out;
}

void write(YAML::Emitter& yaml, const Record& record);

void write(YAML::Emitter& yaml, const Printed& value) {
  const auto write_flow = [&yaml](const auto& entries, const auto& write_entry) {
    yaml << YAML::Flow << YAML::BeginSeq;
    for (const auto& entry : entries) write_entry(entry);
    yaml << YAML::EndSeq;
  };
  // In quotes: a text may look like a number or be empty.
  const auto write_text = [&yaml](const std::string& text) {
    yaml << YAML::DoubleQuoted << plain(text);
  };
  std::visit(
      [&](const auto& is) {
        using T = std::decay_t<decltype(is)>;
        if constexpr (std::is_same_v<T, std::string>) {
          write_text(is);
        } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
          write_flow(is, write_text);
        } else if constexpr (std::is_same_v<T, std::vector<Word>>) {
          write_flow(is, [&yaml](const Word& word) { yaml << word.text; });
        } else if constexpr (std::is_same_v<T, std::vector<Record>>) {
          yaml << YAML::BeginSeq;
          for (const Record& record : is) write(yaml, record);
          yaml << YAML::EndSeq;
        } else {
          yaml << in_words(is);
        }
      },
      value);
}

void write(YAML::Emitter& yaml, const Record& record) {
  yaml << YAML::BeginMap;
  for (const auto& [name, value] : record.members) {
    yaml << YAML::Key << name << YAML::Value;
    write(yaml, value);
  }
  yaml << YAML::EndMap;
}

/// systemd sets it for StateDirectory=, with colons between several. If it is set, the server can
/// write nowhere else.
std::optional<Path> state_directory() {
  const char* const state = std::getenv("STATE_DIRECTORY");
  const std::string first = state != nullptr ? state : "";
  if (first.empty()) return {};
  return Path(first.substr(0, first.find(':')));
}

Result<Done> check_cameras_file(const Config& config, const std::string& path) {
  std::error_code none;
  if (std::filesystem::equivalent(cameras_file(config, path), path, none))
    return Error{Errc::invalid,
                 Reason{"cameras_file_taken"_reason,
                        "{file}: server.cameras_file: is the configuration itself (the default "
                        "name is taken); name another file for the cameras of the settings page",
                        {{"file", path}}}};
  return Done{};
}

} // namespace

std::string cameras_file(const Config& config, const std::string& path) {
  const Path folder = Path(path).parent_path();
  const std::string& named = config.server.cameras_file;
  if (!named.empty()) return (folder / named).string();
  return (state_directory().value_or(folder) / "cameras.yaml").string();
}

std::string data_directory(const Config& config, const std::string& path) {
  const std::string& named = config.data.directory;
  if (!named.empty()) return (Path(path).parent_path() / named).string();
  return state_directory().value_or(Path(cameras_file(config, path)).parent_path()).string();
}

Result<Text> read_text(const std::string& path) {
  char* content = nullptr;
  gsize length = 0;
  GError* failure = nullptr;
  if (g_file_get_contents(path.c_str(), &content, &length, &failure) == 0) {
    const Error error{Errc::not_found, Reason{"read_failed"_reason,
                                              "reading the configuration: {detail}",
                                              {{"detail", failure->message}}}};
    g_error_free(failure);
    return error;
  }
  const std::unique_ptr<char, decltype(&g_free)> owned(content, g_free);
  return Text{path, {content, length}};
}

Result<Text> read_if_there(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return Text{path, {}, false};
  return read_text(path);
}

std::variant<Files, Mistake> read_files(const std::string& path, const Config* running) {
  auto own = read_text(path);
  if (!own) return Mistake{path, 0, own.error()};
  const auto config = parse(own->yaml, path);
  if (!config && running == nullptr) return Mistake{path, 0, config.error()};
  // This file names the other one; if this file has mistakes, parsing it reports them later.
  const Config& said = config ? *config : *running;
  if (auto named = check_cameras_file(said, path); !named) return Mistake{path, 0, named.error()};
  auto managed = read_if_there(cameras_file(said, path));
  if (!managed) return Mistake{cameras_file(said, path), 0, managed.error()};
  return Files{std::move(*own), std::move(*managed)};
}

std::string managed_yaml(const Config& config) {
  YAML::Emitter yaml;
  yaml << YAML::BeginMap << YAML::Key << "order" << YAML::Value << YAML::Flow << YAML::BeginSeq;
  for (const Camera& camera : config.cameras) yaml << YAML::DoubleQuoted << camera.id;
  yaml << YAML::EndSeq << YAML::Key << "cameras" << YAML::Value << YAML::BeginSeq;
  for (const Camera& camera : config.cameras)
    if (camera.origin.managed) write(yaml, stored(camera));
  yaml << YAML::EndSeq << YAML::EndMap;
  return std::string("# Written by Fanlight: the cameras of its settings page, and the order of "
                     "all. What is written here\n# by hand is read, but comments are gone after "
                     "the next change in the page.\n") +
         yaml.c_str() + '\n';
}

Result<Done> write_whole(const Text& file) {
  const std::string beside = file.name + ".new";
  {
    const File draft(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (!draft) return failed(file.name, "opening " + beside + ": ");
    if (!draft.hide() || !draft.write(file.yaml) || !draft.sync()) {
      const Error error = failed(file.name);
      ::unlink(beside.c_str());
      return error;
    }
  }
  if (std::rename(beside.c_str(), file.name.c_str()) != 0) {
    const Error error = failed(file.name);
    ::unlink(beside.c_str());
    return error;
  }
  // The new name is durable only after the folder is synced, too.
  const Path folder = Path(file.name).parent_path();
  const File names(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
  if (!names || !names.sync()) return failed(file.name, "syncing its folder: ");
  return Done{};
}

} // namespace fanlight::config
