#include "config/import.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "config/camera_index.h"
#include "config/login.h"
#include "config/request.h"
#include "config/request_reader.h"

namespace fanlight::config {
namespace {

/// Those of one mapping. More would cost the reader a walk over all of them for each key.
constexpr std::size_t kMostKeys = 64;
constexpr std::size_t kLongestKey = 128; ///< Bytes. The reader compares it with every known key.
constexpr std::size_t kMostCameras = 10000;
constexpr std::size_t kMostErrors = 500; ///< Then the reader stops: people repair few at a time.

std::string place(const Camera& camera) {
  return camera.origin.file + ", line " + std::to_string(camera.origin.line);
}

bool is_small(const YAML::Node& mapping) {
  if (!mapping.IsMap()) return true;
  return mapping.size() <= kMostKeys &&
         std::all_of(mapping.begin(), mapping.end(),
                     [](const auto& entry) { return entry.first.Scalar().size() <= kLongestKey; });
}

/// Whether the reader's work with a camera is bounded, whoever wrote it.
bool is_small_camera(const YAML::Node& camera) {
  if (!is_small(camera)) return false;
  const YAML::Node streams = camera["streams"];
  return !streams || !streams.IsSequence() ||
         (streams.size() <= kMostKeys && std::all_of(streams.begin(), streams.end(), is_small));
}

/// The cameras of a list, or of a mapping that has nothing else. Errors go to `import`.
std::vector<YAML::Node> entries_of(const YAML::Node& document, Import& import) {
  YAML::Node list = document;
  if (document.IsMap()) {
    list.reset(YAML::Node{});
    for (const auto& entry : document)
      if (entry.first.Scalar() == "cameras")
        list.reset(entry.second);
      else
        import.errors.push_back(
            {entry.first.Scalar().substr(0, kLongestKey),
             {"not_importable"_reason, "cannot be imported: only cameras can; remove this key"},
             entry.first.Mark().line + 1});
  }
  if (!list.IsSequence() && !list.IsNull())
    import.errors.push_back(
        {"",
         {"not_a_camera_list"_reason, "is not a list of cameras; begin each camera with a dash"},
         list.Mark().line + 1});
  if (list.IsSequence() && list.size() > kMostCameras)
    import.errors.push_back({"",
                             {"long_camera_list"_reason,
                              "has more than {limit} cameras",
                              {
                                { "limit",
                                  kMostCameras }
                              }},
                             list.Mark().line + 1});
  if (!list.IsSequence() || !import.errors.empty()) return {};
  return {list.begin(), list.end()};
}

/// Reads the cameras of a list one after the other, and compares each with all others.
class Reader {
 public:
  Reader(Import& import, std::vector<Camera> current)
      : import_(import), before_(std::move(current)), ids_(before_) {}

  void remove(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      const Camera* camera = before(id);
      if (camera == nullptr)
        import_.errors.push_back(
            {"remove",
             {"unknown_camera"_reason, "there is no camera '{camera}'", {{"camera", id}}},
             0});
      else if (!camera->origin.managed)
        import_.errors.push_back({"remove",
                                  {"camera_removed_elsewhere"_reason,
                                   "camera {camera} is configured in {place}; remove it there",
                                   {{"camera", id}, {"place", place(*camera)}}},
                                  0});
    }
    const std::set<std::string> gone(ids.begin(), ids.end());
    std::erase_if(before_, [&gone](const Camera& camera) { return gone.contains(camera.id); });
    ids_ = CameraIndex(before_);
  }

  void read(const std::vector<YAML::Node>& entries) {
    import_.wanted = before_;
    std::size_t errors = 0;
    for (const YAML::Node& entry : entries) {
      import_.cameras.push_back(read(entry));
      errors += import_.cameras.back().errors.size();
      if (errors <= kMostErrors) continue;
      import_.errors.push_back(
          {"", {"more_errors"_reason, "there are more errors; correct these first"}, 0});
      break;
    }
    check_urls();
  }

 private:
  /// Null: the server has no such camera, or it is removed.
  const Camera* before(const std::string& id) const {
    const std::size_t at = ids_.find(id);
    return at == CameraIndex::kNone ? nullptr : &before_[at];
  }

  ImportedCamera read(const YAML::Node& entry) {
    ImportedCamera imported;
    imported.line = entry.Mark().line + 1;
    if (!entry.IsMap() || !is_small_camera(entry)) {
      const Reason large{"large_camera"_reason,
                         "has too many or too long keys, or too many streams"};
      const Reason other{"not_a_camera"_reason,
                         "is not a camera; it must have the keys id and url"};
      imported.errors.push_back({"", entry.IsMap() ? large : other, imported.line});
      sent_.push_back({});
      return imported;
    }
    const YAML::Node id = entry["id"];
    imported.id = id && id.IsScalar() ? id.Scalar() : "";
    const Camera* const replaced = before(imported.id);
    Diagnostics diagnostics("");
    Camera camera = read_sent_camera(entry, replaced, diagnostics);
    imported.name = camera.name;
    for (const Diagnostic& diagnostic : diagnostics.all())
      imported.errors.push_back({diagnostic.key.substr(diagnostic.key.starts_with('.') ? 1 : 0),
                                 diagnostic.why,
                                 diagnostic.line > 0 ? diagnostic.line : imported.line});
    place_in_list(camera, replaced, imported);
    sent_.push_back(std::move(camera));
    return imported;
  }

  /// Puts the camera among those that are wanted, unless another has its id.
  void place_in_list(const Camera& camera, const Camera* before, ImportedCamera& imported) {
    const auto [first, is_new] = lines_.emplace(camera.id, imported.line);
    if (!is_new && !camera.id.empty()) {
      imported.errors.push_back(
          {"id",
           {"imported_id_taken"_reason,
            "is already the id of the camera on line {line}; give each camera its own id",
            {{"line", first->second}}},
           imported.line});
    } else if (before == nullptr) {
      import_.wanted.push_back(camera);
    } else if (!before->origin.managed) {
      imported.errors.push_back({"id",
                                 {"camera_elsewhere"_reason,
                                  "camera {camera} is configured in {place}; change it there, and "
                                  "the server reloads the file by itself",
                                  {{"camera", camera.id}, {"place", place(*before)}}},
                                 imported.line});
    } else {
      imported.change =
          camera == *before ? ImportedCamera::Change::unchanged : ImportedCamera::Change::changed;
      import_.wanted[ids_.find(camera.id)] = camera; // It begins with those of before.
    }
  }

  /// Who has a URL first.
  struct Owner {
    std::size_t at = 0; ///< In the list; kNotListed: a camera of the server.
    Reason taken;       ///< What another camera with the URL is told.
  };
  static constexpr std::size_t kNotListed = -1;

  /// Says of each stream of the list which other camera has its URL.
  void check_urls() {
    std::map<std::string, Owner> owners;
    for (const Camera& camera : before_)
      if (!lines_.contains(camera.id))
        for (const Stream& stream : camera.streams)
          owners.emplace(
              split_login(stream.url).bare,
              Owner{kNotListed,
                    {"url_taken"_reason,
                     "is already a URL of camera {camera} ({place}); remove one of them, because "
                     "any number of viewers can share a stream",
                     {{"camera", camera.id}, {"place", place(camera)}}}});
    for (std::size_t at = 0; at < sent_.size(); ++at) {
      ImportedCamera& imported = import_.cameras[at];
      const Reason here{"imported_url_taken"_reason,
                        "is already a URL of the camera on line {line}; remove one of them, "
                        "because any number of viewers can share a stream",
                        {{"line", imported.line}}};
      const std::vector<Stream>& streams = sent_[at].streams;
      for (std::size_t i = 0; i < streams.size(); ++i) {
        if (streams[i].url.empty()) continue;
        const auto [first, is_new] =
            owners.emplace(split_login(streams[i].url).bare, Owner{at, here});
        if (is_new || first->second.at == at) continue; // Within a camera, the reader has said it.
        imported.errors.push_back(
            {"streams[" + std::to_string(i) + "].url", first->second.taken, imported.line});
      }
    }
  }

  Import& import_;
  std::vector<Camera> before_;       ///< Those that are not removed.
  CameraIndex ids_;                  ///< Of before_.
  std::vector<Camera> sent_;         ///< As import_.cameras, as far as they could be read.
  std::map<std::string, int> lines_; ///< Where each id of the list is first.
};

} // namespace

const char* to_string(ImportedCamera::Change change) {
  switch (change) {
  case ImportedCamera::Change::added: return "added";
  case ImportedCamera::Change::changed: return "changed";
  case ImportedCamera::Change::unchanged: return "unchanged";
  }
  return "";
}

bool Import::ok() const {
  return errors.empty() &&
         std::all_of(cameras.begin(), cameras.end(),
                     [](const ImportedCamera& camera) { return camera.errors.empty(); });
}

Import read_import(const std::string& text, const std::vector<std::string>& removed,
                   const std::vector<Camera>& current) {
  Import import;
  Reader reader{import, current};
  reader.remove(removed);
  try {
    reader.read(entries_of(load_literally(text), import));
  } catch (const YAML::Exception& error) {
    import.errors.push_back({"",
                             {"unreadable_yaml"_reason,
                              "cannot be read: {detail}",
                              {
                                { "detail",
                                  error.msg }
                              }},
                             error.mark.is_null() ? 0 : error.mark.line + 1});
  }
  return import;
}

} // namespace fanlight::config
