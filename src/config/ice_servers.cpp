#include "config/ice_servers.h"

#include <array>

#include "config/field.h"

namespace fanlight::config {
namespace {

void read_urls(const Value& value, std::vector<std::string>& urls) {
  // RTCIceServer takes one URL or a list of them; so do we.
  if (value.node.IsScalar())
    read_scalar(value, urls.emplace_back(), read_ice_url);
  else
    read_texts(value, "URLs", urls, read_ice_url);
}

/// Only browsers use the last two. The cost of a change is declared for the list.
constexpr std::array kIceServer{
    field<&IceServer::urls, read_urls>("urls", Effect::restart,
                                       {.example = "[stun:stun.example.org:3478]"}),
    field<&IceServer::username, read_any>("username", Effect::restart),
    field<&IceServer::credential, read_hidden>("credential", Effect::restart, {.secret = true}),
    field<&IceServer::secret, read_hidden>("secret", Effect::restart, {.secret = true}),
    field<&IceServer::ttl, read_duration<60'000, 604'800'000>>("ttl", Effect::restart),
};
using Keys = std::span<const Field<IceServer>>;
constexpr Keys kForBrowsers{kIceServer};
constexpr Keys kForServer = kForBrowsers.first(3);

/// Username and credential derive from a secret, so there may be only one of them.
void check_credentials(const Value& entry, const IceServer& server, bool may_share) {
  const bool both = !server.username.empty() && !server.credential.empty();
  if (!server.secret.empty() && !(server.username.empty() && server.credential.empty()))
    entry.diagnostics.add(
        entry.mark, entry.key,
        {"secret_and_credential"_reason,
         "has a secret and also a username or credential; keep only the secret, or only username "
         "and credential"});
  for (const std::string& url : server.urls)
    if (url.starts_with("turn") && !both && server.secret.empty())
      entry.diagnostics.add(entry.mark, entry.key,
                            may_share
                                ? Reason{"credential_or_secret"_reason,
                                         "{url} needs the keys username and credential; add both, "
                                         "or secret",
                                         {{"url", url}}}
                                : Reason{"credential_missing"_reason,
                                         "{url} needs the keys username and credential; add both",
                                         {{"url", url}}});
}

void read_servers(const Value& value, std::vector<IceServer>& servers, Keys keys) {
  for (const Value& entry : value.list("servers")) {
    IceServer& server = servers.emplace_back();
    read_mapping(entry, server, keys);
    check_credentials(entry, server, keys.size() == kForBrowsers.size());
  }
}

} // namespace

void read_ice_servers(const Value& value, std::vector<IceServer>& servers) {
  read_servers(value, servers, kForServer);
}

void read_browser_ice_servers(const Value& value, std::vector<IceServer>& servers) {
  read_servers(value, servers, kForBrowsers);
}

std::vector<std::string> ice_server_keys() { return names_of(kForServer); }
std::vector<std::string> browser_ice_server_keys() { return names_of(kForBrowsers); }

} // namespace fanlight::config
