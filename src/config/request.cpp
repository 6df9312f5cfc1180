#include "config/request.h"

#include <algorithm>
#include <optional>

#include <glib.h>
#include <yaml-cpp/yaml.h>

#include "base/credentials.h"
#include "base/url.h"
#include "config/cameras.h"

namespace fanlight::config {
namespace {

constexpr const char* kHidden = "***";

/// A URL in two: who one is, and all the rest.
struct Split {
  std::string bare; ///< Without user and password.
  std::optional<std::string> username;
  std::optional<std::string> password;
  std::string address; ///< Scheme, host and port, in lower case.
};

Split split(const std::string& url) {
  const auto parts = split_url(url);
  if (!parts) return {.bare = url, .username = {}, .password = {}, .address = {}};
  Split split{.bare = parts->bare(),
              .username = {},
              .password = {},
              .address = parts->scheme + "://" + parts->host};
  if (parts->user_info) {
    const UrlLogin login = login_of(*parts->user_info);
    split.username = login.username;
    split.password = login.password;
  }
  std::transform(split.address.begin(), split.address.end(), split.address.begin(),
                 g_ascii_tolower);
  return split;
}

const Stream* find(const Camera* camera, const std::string& id) {
  if (camera == nullptr) return nullptr;
  const auto found = std::find_if(camera->streams.begin(), camera->streams.end(),
                                  [&id](const Stream& stream) { return stream.id == id; });
  return found == camera->streams.end() ? nullptr : &*found;
}

/// The JSON as YAML. A `${` in it is no variable: whoever may change cameras must not be able to
/// send himself the server's environment.
YAML::Node load_literally(const std::string& json) {
  std::string literal;
  for (std::size_t at = 0; at < json.size(); ++at) {
    if (json.compare(at, 2, "${") == 0) literal += '$';
    literal += json[at];
  }
  return YAML::Load(literal);
}

/// Takes out what names files of the server: nobody may have them read, or ask whether they are
/// there. A file that is named already may stay.
void refuse_files(YAML::Node keys, const std::string& path, const Camera* before,
                  Complaints& complaints) {
  if (!keys.IsMap()) return;
  const auto refuse = [&](const char* name) {
    complaints.add(YAML::Mark::null_mark(), path + name,
                   "names a file of the server; write it in the configuration");
    keys.remove(name);
  };
  if (keys["password_file"]) refuse("password_file");
  const YAML::Node authority = keys["tls_ca_file"];
  if (!authority || (authority.IsScalar() && authority.Scalar().empty())) return;
  const bool known =
      before != nullptr && authority.IsScalar() &&
      std::any_of(before->streams.begin(), before->streams.end(),
                  [&](const Stream& stream) { return stream.tls_ca_file == authority.Scalar(); });
  if (!known) refuse("tls_ca_file");
}

/// What the API only tells.
void drop_told(YAML::Node& camera) {
  for (const char* key : {"managed", "file", "line", "change"}) camera.remove(key);
  const YAML::Node streams = camera["streams"];
  if (!streams.IsSequence()) return;
  for (YAML::Node stream : streams)
    if (stream.IsMap()) stream.remove("has_password");
}

/// Makes of what was sent for one stream what is meant: the login out of its URL, and what only the
/// server knows out of the stream before.
class Completion {
 public:
  Completion(Stream& stream, const Stream* before, bool has_password, std::string key,
             Complaints& complaints)
      : stream_(stream), before_(before), has_password_(has_password), key_(std::move(key)),
        complaints_(complaints) {}

  void run() {
    take_login();
    restore_url();
    keep_password();
  }

 private:
  void complain(const char* name, const std::string& text) {
    complaints_.add(YAML::Mark::null_mark(), key_ + name, text);
  }

  void take_login() {
    Split parts = split(stream_.url);
    if (parts.username && stream_.username.empty()) stream_.username = *parts.username;
    if (parts.password && stream_.password.empty()) stream_.password = *parts.password;
    stream_.url = parts.bare;
  }

  void restore_url() {
    if (before_ != nullptr && stream_.url == shown(*before_).url)
      stream_.url = split(before_->url).bare;
    else if (stream_.url.find(kHidden) != stream_.url.npos)
      complain("url", "has *** in it, which stands for a secret; write it out");
  }

  void keep_password() {
    if (before_ == nullptr || !stream_.password.empty()) return;
    if (has_password_) return; // "": there is to be none.
    const Split parts = split(before_->url);
    const std::string kept =
        !before_->password.empty() ? before_->password : parts.password.value_or("");
    if (kept.empty()) return;
    if (parts.address != split(stream_.url).address)
      complain("password", "is kept for " + parts.address +
                               " only; send it again for another "
                               "address, or \"\" for none");
    else if (parts.address.starts_with("rtsps:") && checks_less())
      complain("password", "is kept for the certificate check it was given with; send it again");
    else
      stream_.password = kept;
  }

  /// Whether whoever has another certificate could get the password now, and could not before.
  bool checks_less() const {
    if (!before_->tls_verify && before_->tls_fingerprint.empty()) return false;
    return stream_.tls_verify != before_->tls_verify ||
           stream_.tls_fingerprint != before_->tls_fingerprint ||
           stream_.tls_ca_file != before_->tls_ca_file;
  }

  Stream& stream_;
  const Stream* const before_;
  const bool has_password_; // In what was sent.
  const std::string key_;
  Complaints& complaints_;
};

} // namespace

Shown shown(const Stream& stream) {
  const Split parts = split(stream.url);
  return {.url = strip_credentials(parts.bare),
          .username = !stream.username.empty() ? stream.username : parts.username.value_or(""),
          .has_password = !stream.password.empty() || !parts.password.value_or("").empty()};
}

std::variant<Camera, Faults> read_request(const std::string& json, const Camera* before) {
  Complaints complaints("");
  Camera camera;
  try {
    YAML::Node node = load_literally(json);
    drop_told(node);
    const auto path = [](std::size_t i) { return "streams[" + std::to_string(i) + "]."; };
    const YAML::Node streams = node["streams"]; // A look-up is a walk over all keys.
    const bool several = streams.IsSequence();
    refuse_files(node, "", before, complaints);
    for (std::size_t i = 0; several && i < streams.size(); ++i)
      refuse_files(streams[i], path(i), before, complaints);
    camera = read_camera({node, node.Mark(), "", complaints});
    for (std::size_t i = 0; i < camera.streams.size(); ++i) {
      const bool own = several && streams[i].IsMap() && streams[i]["password"];
      Completion(camera.streams[i], find(before, camera.streams[i].id), own || node["password"],
                 several ? path(i) : "", complaints)
          .run();
    }
    for (std::size_t i = 1; i < camera.streams.size(); ++i)
      if (std::any_of(camera.streams.begin(), camera.streams.begin() + static_cast<int>(i),
                      [&](const Stream& other) { return other.url == camera.streams[i].url; }))
        complaints.add(YAML::Mark::null_mark(), path(i) + "url",
                       "is the url of another of its streams; keep one of them");
  } catch (const YAML::Exception& error) {
    complaints.add(error.mark, "", "cannot be read: " + error.msg);
  }
  camera.origin.managed = true;
  if (complaints.empty()) return camera;
  Faults faults;
  for (const Complaint& complaint : complaints.all()) {
    const bool dotted = complaint.key.starts_with('.');
    faults.push_back({complaint.key.substr(dotted ? 1 : 0), complaint.text});
  }
  return faults;
}

bool same_connection(const Stream& one, const Stream& other) {
  const auto bare = [](const Stream& stream) {
    const Split parts = split(stream.url);
    Stream same;
    same.url = parts.bare;
    same.username = !stream.username.empty() ? stream.username : parts.username.value_or("");
    same.password = !stream.password.empty() ? stream.password : parts.password.value_or("");
    same.transport = stream.transport;
    same.tls_verify = stream.tls_verify;
    same.tls_fingerprint = stream.tls_fingerprint;
    same.tls_ca_file = stream.tls_ca_file;
    return same;
  };
  return bare(one) == bare(other);
}

const Camera* find_url(const Config& config, const std::string& url, const std::string& not_of) {
  const std::string bare = split(url).bare;
  for (const Camera& camera : config.cameras)
    for (const Stream& stream : camera.streams)
      if (camera.id != not_of && split(stream.url).bare == bare) return &camera;
  return nullptr;
}

} // namespace fanlight::config
