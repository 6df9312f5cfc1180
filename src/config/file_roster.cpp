#include "config/file_roster.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/words.h"
#include "config/files.h"

namespace fanlight {
namespace {

/// "cameras: 1 rebuilt (yard), 2 added (gate, shed); webrtc.max_viewers is now 500".
std::string in_words(const config::Diff& diff) {
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
  if (diff.reordered) text += (text.empty() ? "" : ", ") + std::string("put in order");
  text = text.empty() ? "no camera has changed" : "cameras: " + text;
  for (const std::string& change : diff.taken_over) text += "; " + change;
  return text;
}

std::string in_words(const std::vector<std::string>& needs_restart) {
  return "needs a restart to take effect: " + join(needs_restart);
}

/// The first managed camera that the file would not give back as it is wanted; empty: none.
std::string lost_in_writing(const std::vector<config::Camera>& wanted,
                            const std::vector<config::Camera>& read_back) {
  for (const config::Camera& camera : wanted)
    if (camera.origin.managed &&
        std::find(read_back.begin(), read_back.end(), camera) == read_back.end())
      return camera.id;
  return {};
}

} // namespace

FileRoster::FileRoster(std::string path, config::Config config, Stage& stage)
    : path_(std::move(path)), stage_(stage), running_(std::move(config)) {
  if (auto files = read()) seen_ = accepted_ = std::move(*files);
}

std::string FileRoster::cameras_file() const { return config::cameras_file(running_, path_); }

void FileRoster::watch() {
  watches_.clear();
  for (const std::string& path : {path_, cameras_file()})
    watches_.push_back(std::make_unique<FileWatch>(path, [this] { on_file_changed(); }));
}

Result<FileRoster::Files> FileRoster::read() const {
  auto own = config::read_text(path_);
  if (!own) return own.error();
  // Where the other one is, this one says; if it is wrong, parsing it will tell.
  const auto config = config::parse(own->yaml, path_);
  auto managed = config::read_managed(config ? *config : running_, path_);
  if (!managed) return managed.error();
  return Files{std::move(*own), std::move(*managed)};
}

void FileRoster::on_file_changed() {
  const auto files = read();
  for (const auto& watch : watches_)
    if (!watch->settled()) return;
  // What we have written ourselves, or has only been touched. A file that is gone for a moment
  // comes again.
  if (!files || (files->own.yaml == seen_.own.yaml && files->managed.name == seen_.managed.name &&
                 files->managed.yaml == seen_.managed.yaml))
    return;
  log::info("config", {{"file", path_}}, "the configuration has changed; reading it again");
  (void)take(*files); // It says in the log what came of it.
}

Result<config::Diff> FileRoster::reload() {
  auto files = read();
  if (files) return take(*files);
  log::error("config", {{"file", path_}},
             "going on with the configuration as it was: " + files.error().message);
  return files.error();
}

Result<config::Diff> FileRoster::take(const Files& files) {
  stage_.on_reloading();
  seen_ = files;
  // An editor on a full disk leaves such a file; nobody wants all cameras gone by that.
  const bool gone = files.managed.yaml.empty() &&
                    std::any_of(running_.cameras.begin(), running_.cameras.end(),
                                [](const config::Camera& camera) { return camera.origin.managed; });
  const std::string empty = files.own.yaml.empty() ? path_ : gone ? files.managed.name : "";
  const auto wanted =
      empty.empty()
          ? config::parse(files.own, files.managed)
          : Error{Errc::invalid,
                  empty + ": is empty or gone; write cameras: [] if there are to be none"};
  auto diff = wanted ? apply(*wanted) : Result<config::Diff>{wanted.error()};
  if (!diff) {
    log::error("config", {{"file", path_}},
               "going on with the configuration as it was: " + diff.error().message);
    stage_.on_reloaded("the configuration has mistakes; going on as it was");
    return diff;
  }
  accepted_ = files;
  needs_restart_ = diff->needs_restart;
  log::info("config", {{"file", path_}}, "the configuration was read again; " + in_words(*diff));
  if (!needs_restart_.empty()) log::warning("config", {{"file", path_}}, in_words(needs_restart_));
  stage_.on_reloaded(in_words(*diff) +
                     (needs_restart_.empty() ? "" : "; " + in_words(needs_restart_)));
  return diff;
}

Result<config::Diff> FileRoster::apply(const config::Config& wanted) {
  config::Diff diff = config::compare(running_, wanted);
  const std::string watched = cameras_file();
  const config::Config applied = config::without_restart(running_, wanted);
  if (auto done = stage_.apply(applied); !done) return done.error();
  running_ = applied;
  if (!watches_.empty() && cameras_file() != watched) watch();
  return diff;
}

Result<config::Diff> FileRoster::change(std::vector<config::Camera> cameras) {
  const std::string name = cameras_file();
  const auto there = config::read_if_there(name);
  if (there && there->yaml != accepted_.managed.yaml)
    return Error{Errc::conflict, name +
                                     " was changed by hand and does not run yet: see the log for "
                                     "its mistakes, or reload it first"};
  config::Config wanted = running_;
  wanted.cameras = std::move(cameras);
  const config::Text text{name, config::managed_yaml(wanted)};
  // What is written must be read the same after a restart.
  const auto read_back = config::parse(accepted_.own, text);
  if (!read_back) return Error{Errc::internal, read_back.error().message};
  if (const std::string lost = lost_in_writing(wanted.cameras, read_back->cameras); !lost.empty())
    return Error{Errc::internal, "writing " + name + ": a setting of camera '" + lost +
                                     "' would be lost in the file; nothing was changed"};
  if (auto written = config::write_whole(text); !written) return written.error();
  auto diff = apply(config::without_restart(running_, *read_back));
  if (!diff) {
    if (auto undone = config::write_whole(accepted_.managed); !undone)
      log::error("config", {{"file", text.name}}, undone.error().message);
    return diff;
  }
  seen_.managed = accepted_.managed = text;
  log::info("config", {{"file", text.name}}, "changed by a request; " + in_words(*diff));
  return diff;
}

} // namespace fanlight
