#include "config/request.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <yaml-cpp/yaml.h>

#include "config/cameras.h"
#include "config/login.h"
#include "config/request_reader.h"
#include "config/schema.h"
#include "config/sent_yaml.h"

namespace fanlight::config {
namespace {

constexpr const char* kHidden = "***";

const Stream* find(const Camera* camera, const std::string& id) {
  if (camera == nullptr) return nullptr;
  const auto found = std::find_if(camera->streams.begin(), camera->streams.end(),
                                  [&id](const Stream& stream) { return stream.id == id; });
  return found == camera->streams.end() ? nullptr : &*found;
}

/// Whether a stream of `camera` has this text for the key.
bool has(const Camera* camera, const Field<Stream>& field, const std::string& text) {
  if (camera == nullptr || field.print == nullptr) return false;
  return std::any_of(camera->streams.begin(), camera->streams.end(), [&](const Stream& stream) {
    return field.print(stream, View::stored) == Printed{text};
  });
}

/// Rejects keys that name files of the server: clients must not read these files, or test whether
/// they exist. A name that is already set may stay.
void refuse_files(YAML::Node keys, const std::string& path, const Camera* before,
                  Diagnostics& diagnostics) {
  if (!keys.IsMap()) return;
  for (const Field<Stream>& field : fields<Stream>()) {
    if (!field.traits.file) continue;
    const YAML::Node value = keys[field.name];
    if (!value) continue;
    // A key that is not stored names a file only while it is read.
    const bool named = !value.IsScalar() || !value.Scalar().empty() || field.print == nullptr;
    if (!named || (value.IsScalar() && has(before, field, value.Scalar()))) continue;
    diagnostics.add(YAML::Mark::null_mark(), path + field.name,
                    {"server_file"_reason,
                     "names a file on the server; only the configuration file may set it"});
    while (keys[field.name]) keys.remove(field.name); // It may be there twice.
  }
}

template <typename S> void drop_told_keys(YAML::Node mapping) {
  for (const Field<S>& field : fields<S>())
    if (field.traits.told) mapping.remove(field.name);
}

/// Removes read-only members.
void drop_told(YAML::Node& camera) {
  camera.remove("change"); // Part of an answer.
  drop_told_keys<Camera>(camera);
  const YAML::Node streams = camera["streams"];
  if (!streams.IsSequence()) return;
  for (const YAML::Node& stream : streams)
    if (stream.IsMap()) drop_told_keys<Stream>(stream);
}

/// Completes a stream from a request: takes the login out of its URL, and adds what only the server
/// knows from the previous stream.
class Completion {
 public:
  using Sent = std::function<bool(const char* name)>;
  Completion(Stream& stream, const Stream* before, Sent sent, std::string key,
             Diagnostics& diagnostics)
      : stream_(stream), before_(before), sent_(std::move(sent)), key_(std::move(key)),
        diagnostics_(diagnostics) {}

  void run() {
    take_login();
    restore_url();
    keep_secrets();
  }

 private:
  void complain(const char* name, const Reason& why) {
    diagnostics_.add(YAML::Mark::null_mark(), key_ + name, why);
  }

  void take_login() { stream_ = with_login_in_keys(std::move(stream_)); }

  void restore_url() {
    if (before_ != nullptr && stream_.url == shown_url(*before_))
      stream_.url = split_login(before_->url).bare;
    else if (stream_.url.find(kHidden) != stream_.url.npos)
      complain("url", {"url_hidden"_reason,
                       "contains ***, which replaces a secret; enter the real value"});
  }

  /// Keeps a secret that the request omits; "" removes it.
  void keep_secrets() {
    static const Stream kNone;
    if (before_ == nullptr) return;
    const Stream had = with_login_in_keys(*before_);
    for (const Field<Stream>& field : fields<Stream>())
      if (field.traits.secret && field.same(stream_, kNone) && !field.same(had, kNone) &&
          !sent_(field.name))
        keep(field, had);
  }

  void keep(const Field<Stream>& secret, const Stream& had) {
    const std::string address = split_login(before_->url).address;
    if (address != split_login(stream_.url).address)
      complain(secret.name,
               {"secret_other_address"_reason,
                "is stored only for {address}; because the address changes, send it again, or "
                "\"\" to remove it",
                {{"address", address}}});
    else if (address.starts_with("rtsps:") && checks_less())
      complain(secret.name,
               {"secret_less_checked"_reason,
                "is stored only for the previous, stricter certificate check; send it again"});
    else
      secret.keep(had, stream_);
  }

  /// Whether this change would let a server with a different certificate receive the stored
  /// password.
  bool checks_less() const {
    if (!before_->tls_verify && before_->tls_fingerprint.empty()) return false;
    const auto all = fields<Stream>();
    return std::any_of(all.begin(), all.end(), [this](const Field<Stream>& field) {
      return field.traits.certificate && !field.same(stream_, *before_);
    });
  }

  Stream& stream_;
  const Stream* const before_;
  const Sent sent_;
  const std::string key_;
  Diagnostics& diagnostics_;
};

} // namespace

Camera read_sent_camera(YAML::Node node, const Camera* before, Diagnostics& diagnostics) {
  drop_told(node);
  const auto path = [](std::size_t i) { return "streams[" + std::to_string(i) + "]."; };
  const YAML::Node streams = node["streams"]; // A look-up is a walk over all keys.
  const bool several = streams.IsSequence();
  refuse_files(node, "", before, diagnostics);
  for (std::size_t i = 0; several && i < streams.size(); ++i)
    refuse_files(streams[i], path(i), before, diagnostics);
  Camera camera = read_camera({node, node.Mark(), "", diagnostics});
  for (std::size_t i = 0; i < camera.streams.size(); ++i) {
    const auto sent = [&](const char* name) {
      const bool own = several && streams[i].IsMap() && streams[i][name];
      return own || node[name];
    };
    Completion(camera.streams[i], find(before, camera.streams[i].id), sent, several ? path(i) : "",
               diagnostics)
        .run();
  }
  for (std::size_t i = 1; i < camera.streams.size(); ++i)
    if (std::any_of(camera.streams.begin(), camera.streams.begin() + static_cast<int>(i),
                    [&](const Stream& other) { return other.url == camera.streams[i].url; }))
      diagnostics.add(YAML::Mark::null_mark(), path(i) + "url",
                      {"url_twice"_reason,
                       "is also the URL of another stream of this camera; remove one of them"});
  camera.origin.managed = true;
  return camera;
}

std::variant<Camera, KeyErrors> read_request(const std::string& json, const Camera* before) {
  Diagnostics diagnostics("");
  Camera camera;
  try {
    if (const auto node = load_sent(json, diagnostics))
      camera = read_sent_camera(*node, before, diagnostics);
  } catch (const YAML::Exception& error) {
    diagnostics.add(
        error.mark, "",
        {"unreadable_yaml"_reason, "cannot be read: {detail}", {{"detail", error.msg}}});
  }
  if (diagnostics.empty()) return camera;
  KeyErrors key_errors;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    const bool dotted = diagnostic.key.starts_with('.');
    key_errors.push_back({diagnostic.key.substr(dotted ? 1 : 0), diagnostic.why});
  }
  return key_errors;
}

bool same_connection(const Stream& one, const Stream& other) {
  const Stream first = with_login_in_keys(one);
  const Stream second = with_login_in_keys(other);
  const auto all = fields<Stream>();
  return std::all_of(all.begin(), all.end(), [&](const Field<Stream>& field) {
    return !field.traits.connection || field.same(first, second);
  });
}

const Camera* find_url(const Config& config, const std::string& url, const std::string& not_of) {
  const std::string bare = split_login(url).bare;
  for (const Camera& camera : config.cameras)
    for (const Stream& stream : camera.streams)
      if (camera.id != not_of && split_login(stream.url).bare == bare) return &camera;
  return nullptr;
}

} // namespace fanlight::config
