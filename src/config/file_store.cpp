#include "config/file_store.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/words.h"
#include "config/files.h"

namespace fanlight::config {
namespace {

/// "cameras: 1 rebuilt (yard), 2 added (gate, shed); webrtc.max_viewers is now 500".
std::string summary_of(const Diff& diff) {
  std::string text;
  const auto add = [&text](const std::vector<std::string>& ids, const char* what) {
    if (ids.empty()) return;
    text += (text.empty() ? "" : ", ") + std::to_string(ids.size()) + ' ' + what + " (" +
            join(ids) + ')';
  };
  add(diff.added, "added");
  add(diff.removed, "removed");
  add(diff.rebuilt, "rebuilt");
  add(diff.adjusted, "adjusted");
  if (diff.reordered) text += (text.empty() ? "" : ", ") + std::string("reordered");
  text = text.empty() ? "no camera changed" : "cameras: " + text;
  for (const std::string& change : diff.taken_over) text += "; " + change;
  return text;
}

std::string restart_hint(const std::vector<std::string>& needs_restart) {
  return "restart the server to apply changes of " + join(needs_restart);
}

/// The id of the first managed camera that would differ if the file was read back; empty: none.
std::string lost_in_writing(const std::vector<Camera>& wanted,
                            const std::vector<Camera>& read_back) {
  for (const Camera& camera : wanted)
    if (camera.origin.managed &&
        std::find(read_back.begin(), read_back.end(), camera) == read_back.end())
      return camera.id;
  return {};
}

} // namespace

FileStore::FileStore(std::string path, Config config, Observer& observer)
    : path_(std::move(path)), observer_(observer), current_(std::move(config)) {
  if (auto files = read()) seen_ = accepted_ = std::move(*files);
}

Token FileStore::subscribe(Subscriber& subscriber) {
  subscribers_.push_back(&subscriber);
  return Token{[this, &subscriber] { std::erase(subscribers_, &subscriber); }};
}

std::string FileStore::cameras_file() const { return config::cameras_file(current_, path_); }

void FileStore::watch() {
  watches_.clear();
  for (const std::string& path : {path_, cameras_file()})
    watches_.push_back(std::make_unique<FileWatch>(path, [this] { on_file_changed(); }));
}

Result<FileStore::Files> FileStore::read() const {
  auto own = read_text(path_);
  if (!own) return own.error();
  // Where the other one is, this one says; if it is wrong, parsing it will tell.
  const auto config = parse(own->yaml, path_);
  auto managed = read_managed(config ? *config : current_, path_);
  if (!managed) return managed.error();
  return Files{std::move(*own), std::move(*managed)};
}

void FileStore::on_file_changed() {
  const auto files = read();
  for (const auto& watch : watches_)
    if (!watch->settled()) return;
  // Ignores the server's own changes and a mere touch. A file that is briefly missing will come
  // back.
  if (!files || (files->own.yaml == seen_.own.yaml && files->managed.name == seen_.managed.name &&
                 files->managed.yaml == seen_.managed.yaml))
    return;
  log::info("config", {{"file", path_}},
            "the configuration file changed; the server reads it again");
  (void)take(*files); // The log has the result.
}

Result<Diff> FileStore::reload() {
  auto files = read();
  if (files) return take(*files);
  log::error("config", {{"file", path_}},
             "the server keeps its previous configuration: " + files.error().message);
  return files.error();
}

Result<Diff> FileStore::take(const Files& files) {
  observer_.on_reloading();
  seen_ = files;
  // An editor may leave an empty file on a full disk; that must not remove all cameras.
  const bool gone = files.managed.yaml.empty() &&
                    std::any_of(current_.cameras.begin(), current_.cameras.end(),
                                [](const Camera& camera) { return camera.origin.managed; });
  const std::string empty = files.own.yaml.empty() ? path_ : gone ? files.managed.name : "";
  const auto wanted =
      empty.empty()
          ? parse(files.own, files.managed)
          : Error{Errc::invalid,
                  empty +
                      ": is empty or missing; if there should be no cameras, write cameras: []"};
  const auto refuse = [this](Error error) {
    log::error("config", {{"file", path_}},
               "the server keeps its previous configuration: " + error.message);
    observer_.on_reloaded("the configuration has errors; the server keeps the previous one");
    return error;
  };
  if (!wanted) return refuse(wanted.error());
  Diff diff = compare(current_, *wanted);
  Config applied = without_restart(current_, *wanted);
  if (auto prepared = prepare(applied, diff); !prepared) return refuse(prepared.error());
  commit(std::move(applied));
  accepted_ = files;
  needs_restart_ = diff.needs_restart;
  log::info("config", {{"file", path_}}, "configuration reloaded; " + summary_of(diff));
  if (!needs_restart_.empty())
    log::warning("config", {{"file", path_}}, restart_hint(needs_restart_));
  observer_.on_reloaded(summary_of(diff) +
                        (needs_restart_.empty() ? "" : "; " + restart_hint(needs_restart_)));
  return diff;
}

Result<Done> FileStore::prepare(const Config& wanted, const Diff& diff) {
  for (auto at = subscribers_.begin(); at != subscribers_.end(); ++at) {
    auto prepared = (*at)->prepare(wanted, diff);
    if (prepared) continue;
    while (at != subscribers_.begin()) (*--at)->abandon();
    return prepared;
  }
  return Done{};
}

void FileStore::commit(Config wanted) {
  const std::string watched = cameras_file();
  for (Subscriber* subscriber : subscribers_) subscriber->commit();
  current_ = std::move(wanted);
  if (!watches_.empty() && cameras_file() != watched) watch();
}

void FileStore::abandon() {
  for (Subscriber* subscriber : subscribers_) subscriber->abandon();
}

Result<Diff> FileStore::change(std::vector<Camera> cameras) {
  const std::string name = cameras_file();
  const auto there = read_if_there(name);
  if (there && there->yaml != accepted_.managed.yaml)
    return Error{Errc::conflict, name +
                                     " was edited, and the server has not accepted it: correct the "
                                     "errors in the log, or reload the configuration first"};
  Config wanted = current_;
  wanted.cameras = std::move(cameras);
  const Text text{name, managed_yaml(wanted)};
  // After a restart, the file must give the same cameras.
  const auto read_back = parse(accepted_.own, text);
  if (!read_back) return Error{Errc::internal, read_back.error().message};
  if (const std::string lost = lost_in_writing(wanted.cameras, read_back->cameras); !lost.empty())
    return Error{Errc::internal, "writing " + name + ": a setting of camera '" + lost +
                                     "' would be lost in the file; nothing was changed"};
  Config applied = without_restart(current_, *read_back);
  Diff diff = compare(current_, applied);
  if (auto prepared = prepare(applied, diff); !prepared) return prepared.error();
  if (auto written = write_whole(text); !written) {
    abandon();
    return written.error();
  }
  commit(std::move(applied));
  seen_.managed = accepted_.managed = text;
  log::info("config", {{"file", text.name}},
            "configuration changed through the API; " + summary_of(diff));
  return diff;
}

} // namespace fanlight::config
