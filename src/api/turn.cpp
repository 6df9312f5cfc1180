#include "api/turn.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "http/owned.h"

namespace fanlight::http {
namespace {

std::string hmac_sha1(const std::string& key, const std::string& text) {
  constexpr std::size_t kSize = 20;
  std::array<guint8, kSize> digest{};
  gsize size = digest.size();
  const Owned<GHmac, g_hmac_unref> hmac{
      g_hmac_new(G_CHECKSUM_SHA1, reinterpret_cast<const guchar*>(key.data()), key.size())};
  g_hmac_update(hmac.get(), reinterpret_cast<const guchar*>(text.data()),
                static_cast<gssize>(text.size()));
  g_hmac_get_digest(hmac.get(), digest.data(), &size);
  return take_text(g_base64_encode(digest.data(), size));
}

/// A name for the TURN server, and for anyone who reads the traffic to it: with the id itself, they
/// could end the session.
std::string name_of(const std::string& session) {
  constexpr std::size_t kLength = 16;
  return take_text(g_compute_checksum_for_string(G_CHECKSUM_SHA256, session.data(),
                                                 static_cast<gssize>(session.size())))
      .substr(0, kLength);
}

bool is_open(const config::IceServer& server) {
  return server.credential.empty() && server.secret.empty();
}

} // namespace

std::vector<config::IceServer> open_ice_servers(const std::vector<config::IceServer>& servers) {
  std::vector<config::IceServer> open;
  std::copy_if(servers.begin(), servers.end(), std::back_inserter(open), is_open);
  return open;
}

std::vector<config::IceServer> ice_servers_of_session(const std::vector<config::IceServer>& servers,
                                                      const std::string& session,
                                                      std::chrono::system_clock::time_point now) {
  std::vector<config::IceServer> all = servers;
  for (config::IceServer& server : all) {
    if (server.secret.empty()) continue;
    const auto end =
        std::chrono::duration_cast<std::chrono::seconds>((now + server.ttl).time_since_epoch());
    server.username = std::to_string(end.count()) + ':' + name_of(session);
    server.credential = hmac_sha1(server.secret, server.username);
    server.secret.clear();
  }
  return all;
}

} // namespace fanlight::http
