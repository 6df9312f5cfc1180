#include "config/import.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "config/camera_index.h"
#include "config/login.h"
#include "config/request.h"
#include "config/request_reader.h"
#include "config/sent_yaml.h"

namespace fanlight::config {
namespace {

/// Those of one mapping. More would cost the reader a walk over all of them for each key.
constexpr std::size_t kMostKeys = 64;
constexpr std::size_t kLongestKey = 128; ///< Bytes. The reader compares it with every known key.

std::string place(const Camera& camera) {
  return camera.origin.file + ", line " + std::to_string(camera.origin.line);
}

bool is_small(const YAML::Node& mapping) {
  if (!mapping.IsMap()) return true;
  return mapping.size() <= kMostKeys &&
         std::all_of(mapping.begin(), mapping.end(),
                     [](const auto& entry) { return entry.first.Scalar().size() <= kLongestKey; });
}

/// Whether the work of reading this camera is bounded: any client can send it.
bool is_small_camera(const YAML::Node& camera) {
  if (!is_small(camera)) return false;
  const YAML::Node streams = camera["streams"];
  return !streams || !streams.IsSequence() ||
         (streams.size() <= kMostKeys && std::all_of(streams.begin(), streams.end(), is_small));
}

/// Reads the cameras of a list one after the other, and compares each with all others.
class Reader {
 public:
  Reader(Import& import, std::vector<Camera> current, std::size_t limit)
      : import_(import), limit_(std::max(limit, current.size())), before_(std::move(current)),
        ids_(before_) {}

  void remove(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      if (is_full()) return;
      const Camera* camera = before(id);
      if (camera == nullptr)
        add({"remove",
             {"unknown_camera"_reason, "there is no camera '{camera}'", {{"camera", id}}},
             0});
      else if (!camera->origin.managed)
        add({"remove",
             {"camera_removed_elsewhere"_reason,
              "camera {camera} is configured in {place}; remove it there",
              {{"camera", id}, {"place", place(*camera)}}},
             0});
    }
    const std::set<std::string> gone(ids.begin(), ids.end());
    std::erase_if(before_, [&gone](const Camera& camera) { return gone.contains(camera.id); });
    ids_ = CameraIndex(before_);
  }

  void read(const std::string& text) {
    import_.wanted = before_;
    Diagnostics diagnostics("");
    const auto document = load_sent(text, diagnostics);
    for (const Diagnostic& diagnostic : diagnostics.all())
      add({diagnostic.key, diagnostic.why, diagnostic.line});
    if (!document) return;
    for (const YAML::Node& entry : entries_of(*document)) {
      if (is_full()) return;
      import_.cameras.push_back(read(entry));
    }
    check_urls();
  }

  /// Adds an error that no camera of the list has.
  void add(ImportError error) { add(import_.errors, std::move(error)); }

 private:
  /// Adds an error to those of the import or of a camera. After kMostErrors in all of these, it
  /// only says that there are more.
  void add(std::vector<ImportError>& errors, ImportError error) {
    if (is_full()) return;
    if (++count_ <= kMostErrors)
      errors.push_back(std::move(error));
    else
      import_.errors.push_back({"", more_errors(), 0});
  }

  bool is_full() const { return count_ > kMostErrors; }

  /// The cameras of a list, or of a mapping that has nothing else.
  std::vector<YAML::Node> entries_of(const YAML::Node& document) {
    const YAML::Node list = document.IsMap() ? list_in(document) : document;
    if (!list.IsSequence() && !list.IsNull())
      add({"",
           {"not_a_camera_list"_reason, "is not a list of cameras; begin each camera with a dash"},
           list.Mark().line + 1});
    if (list.IsSequence() && list.size() > limit_)
      add({"",
           {"long_camera_list"_reason, "has more than {limit} cameras", {{"limit", limit_}}},
           list.Mark().line + 1});
    if (!list.IsSequence() || !import_.errors.empty()) return {};
    return {list.begin(), list.end()};
  }

  /// Null: the mapping has none.
  YAML::Node list_in(const YAML::Node& mapping) {
    YAML::Node list;
    int line = 0; // Of the first one.
    for (const auto& entry : mapping) {
      if (is_full()) break;
      const YAML::Node& key = entry.first;
      if (key.Scalar() != "cameras") {
        add({key.Scalar().substr(0, kLongestKey),
             {"not_importable"_reason, "cannot be imported: only cameras can; remove this key"},
             key.Mark().line + 1});
      } else if (line > 0) {
        add({"cameras",
             {"key_twice"_reason,
              "occurs twice, first on line {line}; remove one",
              {{"line", line}}},
             key.Mark().line + 1});
      } else {
        line = key.Mark().line + 1;
        list.reset(entry.second);
      }
    }
    return list;
  }

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
      add(imported.errors, {"", entry.IsMap() ? large : other, imported.line});
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
      add(imported.errors, {diagnostic.key.substr(diagnostic.key.starts_with('.') ? 1 : 0),
                            diagnostic.why, diagnostic.line > 0 ? diagnostic.line : imported.line});
    place_in_list(camera, replaced, imported);
    sent_.push_back(std::move(camera));
    return imported;
  }

  /// Puts the camera among those that are wanted, unless another has its id.
  void place_in_list(const Camera& camera, const Camera* before, ImportedCamera& imported) {
    const auto [first, is_new] = lines_.emplace(camera.id, imported.line);
    if (!is_new && !camera.id.empty()) {
      add(imported.errors,
          {"id",
           {"imported_id_taken"_reason,
            "is already the id of the camera on line {line}; give each camera its own id",
            {{"line", first->second}}},
           imported.line});
    } else if (before == nullptr) {
      import_.wanted.push_back(camera);
    } else if (!before->origin.managed) {
      add(imported.errors, {"id",
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
    for (std::size_t at = 0; at < sent_.size() && !is_full(); ++at) {
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
        add(imported.errors,
            {"streams[" + std::to_string(i) + "].url", first->second.taken, imported.line});
      }
    }
  }

  Import& import_;
  const std::size_t limit_;          ///< Of the list.
  std::size_t count_ = 0;            ///< Of errors.
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
                   const std::vector<Camera>& current, std::size_t limit) {
  Import import;
  Reader reader{import, current, limit};
  reader.remove(removed);
  try {
    reader.read(text);
  } catch (const YAML::Exception& error) {
    reader.add({"",
                {"unreadable_yaml"_reason, "cannot be read: {detail}", {{"detail", error.msg}}},
                error.mark.is_null() ? 0 : error.mark.line + 1});
  }
  return import;
}

} // namespace fanlight::config
