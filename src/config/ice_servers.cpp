#include "config/ice_servers.h"

#include "config/schema.h"

namespace fanlight::config {
namespace {

using Fields = std::vector<Field<IceServer>>;

const Fields& fields_of_browsers() {
  static const Fields all{fields<IceServer>().begin(), fields<IceServer>().end()};
  return all;
}

const Fields& fields_of_server() {
  static const Fields own = [] {
    Fields all = fields_of_browsers();
    std::erase_if(all, [](const auto& field) { return field.traits.browsers; });
    return all;
  }();
  return own;
}

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

void read_servers(const Value& value, std::vector<IceServer>& servers, const Fields& fields,
                  bool may_share) {
  for (const Value& entry : value.list("servers")) {
    IceServer& server = servers.emplace_back();
    read_mapping(entry, server, std::span{fields});
    check_credentials(entry, server, may_share);
  }
}

} // namespace

void read_ice_urls(const Value& value, std::vector<std::string>& urls) {
  // RTCIceServer takes one URL or a list of them; so do we.
  if (value.node.IsScalar())
    read_scalar(value, urls.emplace_back(), read_ice_url);
  else
    read_texts(value, "URLs", urls, read_ice_url);
}

Printed printed(const std::vector<IceServer>& servers) {
  std::vector<Record> records;
  for (const IceServer& server : servers) records.push_back(record_of(server, View::stored));
  return records;
}

void read_ice_servers(const Value& value, std::vector<IceServer>& servers) {
  read_servers(value, servers, fields_of_server(), false);
}

void read_browser_ice_servers(const Value& value, std::vector<IceServer>& servers) {
  read_servers(value, servers, fields_of_browsers(), true);
}

std::vector<std::string> ice_server_keys() { return names_of(std::span{fields_of_server()}); }
std::vector<std::string> browser_ice_server_keys() {
  return names_of(std::span{fields_of_browsers()});
}

} // namespace fanlight::config
