#include "config/file_store.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
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
  auto files = read_files(path_);
  if (auto* read = std::get_if<Files>(&files)) seen_ = accepted_ = std::move(*read);
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

void FileStore::on_file_changed() {
  const auto read = read_files(path_, &current_);
  for (const auto& watch : watches_)
    if (!watch->settled()) return;
  if (const auto* mistake = std::get_if<Mistake>(&read)) {
    std::error_code none;
    // A file that is briefly missing will come back.
    if (!std::filesystem::exists(mistake->file, none)) return;
    observer_.on_reloading();
    (void)refuse_unread(*mistake);
    return;
  }
  const auto& files = std::get<Files>(read);
  if (files == seen_) return; // The server's own change, or a mere touch.
  log::info("config", {{"file", files.own == seen_.own ? files.managed.name : path_}},
            "the configuration file changed; the server reads it again");
  observer_.on_reloading();
  (void)take(files); // The log has the result.
}

Result<Diff> FileStore::reload() {
  observer_.on_reloading();
  const auto files = read_files(path_, &current_);
  if (const auto* mistake = std::get_if<Mistake>(&files)) return refuse_unread(*mistake);
  return take(std::get<Files>(files));
}

std::variant<Config, Mistake> FileStore::wanted_by(const Files& files) const {
  // A lost file must not remove all cameras.
  if (!files.managed.there &&
      std::any_of(current_.cameras.begin(), current_.cameras.end(),
                  [](const Camera& camera) { return camera.origin.managed; }))
    return Mistake{files.managed.name,
                   0,
                   {Errc::invalid,
                    Reason{"cameras_file_missing"_reason,
                           "{file}: is missing; if there should be no cameras, write cameras: []",
                           {{"file", files.managed.name}}}}};
  return parse_files(files);
}

Error FileStore::refuse_unread(const Mistake& mistake) {
  seen_ = {}; // The files may come back unchanged, and must then be accepted.
  return refuse(mistake);
}

Error FileStore::refuse(const Mistake& mistake) {
  log::error("config", {{"file", mistake.file}},
             "the server keeps its previous configuration: " + mistake.error.message);
  mistake_ = mistake;
  observer_.on_reloaded("the configuration has errors; the server keeps the previous one");
  return mistake.error;
}

Result<Diff> FileStore::take(const Files& files) {
  seen_ = files;
  const auto parsed = wanted_by(files);
  if (const auto* mistake = std::get_if<Mistake>(&parsed)) return refuse(*mistake);
  const Config& wanted = std::get<Config>(parsed);
  Diff diff = compare(current_, wanted);
  Config applied = without_restart(current_, wanted);
  if (auto prepared = prepare(applied, diff); !prepared)
    return refuse({path_, 0, prepared.error()});
  commit(std::move(applied));
  accepted_ = files;
  mistake_.reset();
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
  ++revision_;
  if (!watches_.empty() && cameras_file() != watched) watch();
}

void FileStore::abandon() {
  for (Subscriber* subscriber : subscribers_) subscriber->abandon();
}

Drafter FileStore::drafter() const {
  return [running = current_, own = accepted_.own, name = cameras_file(),
          revision = revision_](std::vector<Camera> cameras) -> Result<Draft> {
    Config wanted = running;
    wanted.cameras = std::move(cameras);
    const Text text{name, managed_yaml(wanted)};
    // After a restart, the file must give the same cameras.
    const auto read_back = parse(own, text);
    if (!read_back) return Error{Errc::internal, static_cast<const Reason&>(read_back.error())};
    if (const std::string lost = lost_in_writing(wanted.cameras, read_back->cameras); !lost.empty())
      return Error{
          Errc::internal,
          Reason{"setting_lost"_reason,
                 "writing {file}: a setting of camera '{camera}' would be lost in the file; "
                 "nothing was changed",
                 {{"file", name}, {"camera", lost}}}};
    Config applied = without_restart(running, *read_back);
    Diff diff = compare(running, applied);
    return Draft{std::move(applied), std::move(diff), text.yaml, revision};
  };
}

Result<Diff> FileStore::change(Draft draft) {
  if (draft.revision != revision_)
    return Error{Errc::internal, "the configuration has changed since the change was worked out"};
  const Text text{cameras_file(), std::move(draft.managed)};
  const auto there = read_if_there(text.name);
  if (!there)
    return Error{Errc::conflict,
                 Reason{"not_replaced"_reason,
                        "{why}; the server does not replace a file that it cannot read",
                        {{"why", {there.error()}}}}};
  if (there->yaml != accepted_.managed.yaml)
    return Error{Errc::conflict,
                 Reason{"changed_by_hand"_reason,
                        "{file} was edited, and the server has not accepted it: correct the errors "
                        "in the log, or reload the configuration first",
                        {{"file", text.name}}}};
  if (!draft.diff.changes_cameras()) return std::move(draft.diff);
  if (auto prepared = prepare(draft.config, draft.diff); !prepared) return prepared.error();
  if (auto written = write_whole(text); !written) {
    abandon();
    return written.error();
  }
  commit(std::move(draft.config));
  seen_.managed = accepted_.managed = text;
  if (mistake_ && mistake_->file == text.name) mistake_.reset();
  log::info("config", {{"file", text.name}},
            "configuration changed through the API; " + summary_of(draft.diff));
  return std::move(draft.diff);
}

} // namespace fanlight::config
