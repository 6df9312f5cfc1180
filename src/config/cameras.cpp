#include "config/cameras.h"

#include <algorithm>
#include <map>
#include <optional>

#include "config/schema.h"

namespace fanlight::config {
namespace {

/// In the order of the documentation.
std::vector<std::string> keys_of_a_camera() {
  std::vector<std::string> names = names_of(fields<Camera>());
  const auto common = names_of(common_fields());
  const auto streams = names.insert(std::find(names.begin(), names.end(), "streams"), "url") + 1;
  names.insert(streams + 1, common.begin(), common.end());
  return names;
}

/// Detects duplicates, and remembers where the first one is.
class DuplicateCheck {
 public:
  /// Where the first one is, as text for a diagnostic in `file`; none if this is the first.
  std::optional<std::string> add(const std::string& text, const std::string& file, int line) {
    const auto [first, is_new] = places_.emplace(text, Place{file, line});
    if (is_new || text.empty()) return std::nullopt;
    const Place& before = first->second;
    const std::string in_line = "on line " + std::to_string(before.line);
    return before.file == file ? in_line : in_line + " of " + before.file;
  }
  std::optional<std::string> add(const std::string& text, const Value& entry,
                                 const YAML::Mark& mark) {
    return add(text, entry.diagnostics.file(), mark.line + 1);
  }

 private:
  struct Place {
    std::string file;
    int line = 0;
  };
  std::map<std::string, Place> places_;
};

struct Unique {
  DuplicateCheck ids;
  DuplicateCheck urls;
};

/// Cameras allow few connections, and one is enough for any number of viewers.
void check_url(const Value& entry, const std::string& url, DuplicateCheck& urls) {
  const YAML::Mark mark = entry.node["url"].Mark();
  if (const auto place = urls.add(url, entry, mark))
    entry.diagnostics.add(
        mark, entry.key + ".url",
        {"url_taken_line"_reason,
         "is already the URL {place}; remove one of them, because any number of viewers can share "
         "a stream",
         {{"place", *place}}});
}

void read_streams(const Value& value, const Stream& common, Camera& camera, Unique& unique) {
  DuplicateCheck ids;
  const std::vector<std::string> known = names_of(fields<Stream>());
  const std::vector<Value> entries = value.list("streams, the best picture first");
  constexpr std::size_t kMostStreams = 16;
  if (entries.size() > kMostStreams)
    return value.diagnostics.add(value.mark, value.key,
                                 {"many_streams"_reason,
                                  "has {count} streams; the limit is {limit}",
                                  {{"count", entries.size()}, {"limit", kMostStreams}}});
  for (const Value& entry : entries) {
    Stream stream = common;
    read_values(entry, read_keys(entry, known), fields<Stream>(), stream);
    if (const auto place = ids.add(stream.id, entry, entry.node["id"].Mark()))
      entry.diagnostics.add(entry.node["id"].Mark(), entry.key + ".id",
                            {"stream_id_taken"_reason,
                             "\"{stream}\" is already the id of the stream {place}; give each "
                             "stream its own id",
                             {{"stream", stream.id}, {"place", *place}}});
    check_url(entry, stream.url, unique.urls);
    camera.streams.push_back(std::move(stream));
  }
  if (entries.empty() && (value.node.IsSequence() || value.node.IsNull()))
    value.diagnostics.add(value.mark, value.key,
                          {"no_streams"_reason, "has no streams; add one, or use url: instead"});
}

Camera read_camera(const Value& entry, Unique& unique) {
  Camera camera;
  camera.origin = {.file = entry.diagnostics.file(), .line = entry.mark.line + 1, .managed = false};
  const auto values = read_keys(entry, keys_of_a_camera());
  read_values(entry, values, fields<Camera>(), camera);
  Stream common;
  read_values(entry, values, common_fields(), common);
  const auto streams = values.find("streams");
  const auto url = values.find("url");
  if (streams != values.end() && url != values.end()) {
    entry.diagnostics.add(
        url->second.mark, url->second.key,
        {"url_beside_streams"_reason, "cannot be combined with streams; move it into one of them"});
  } else if (streams != values.end()) {
    common.id.clear();
    read_streams(streams->second, common, camera, unique);
  } else if (url != values.end()) {
    read_scalar(url->second, common.url, read_rtsp_url);
    check_url(entry, common.url, unique.urls);
    camera.streams.push_back(std::move(common));
  } else if (entry.node.IsMap()) {
    entry.diagnostics.add(
        entry.mark, entry.key,
        {"no_url"_reason, "has no url; add, for example, url: rtsp://192.0.2.10:554/stream1"});
  }
  if (const auto place = unique.ids.add(camera.id, entry, entry.mark))
    entry.diagnostics.add(entry.node["id"].Mark(), entry.key + ".id",
                          {"camera_id_taken"_reason,
                           "\"{camera}\" is already the id of the camera {place}; give each camera "
                           "its own id",
                           {{"camera", camera.id}, {"place", *place}}});
  return camera;
}

} // namespace

void read_cameras(const Value& value, Config& config) {
  Unique unique;
  for (const Camera& camera : config.cameras) { // Cameras of the other file.
    unique.ids.add(camera.id, camera.origin.file, camera.origin.line);
    for (const Stream& stream : camera.streams)
      unique.urls.add(stream.url, camera.origin.file, camera.origin.line);
  }
  for (const Value& entry : value.list("cameras"))
    config.cameras.push_back(read_camera(entry, unique));
}

Camera read_camera(const Value& value) {
  Unique unique;
  return read_camera(value, unique);
}

std::vector<std::string> camera_keys() {
  std::vector<std::string> names = keys_of_a_camera();
  for (const std::string& name : names_of(fields<Stream>())) names.push_back("streams[]." + name);
  return names;
}

} // namespace fanlight::config
