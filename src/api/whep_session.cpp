#include "api/whep_session.h"

#include <algorithm>
#include <utility>

#include "api/turn.h"
#include "api/views.h"
#include "auth/principal.h"
#include "sdp/ice_sdp.h"

namespace fanlight::http {
namespace {

/// `text` as a quoted string of RFC 9110.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

/// RFC 9725, section 4.6: one Link for each URL.
void add_ice_servers(Exchange& exchange, const std::vector<config::IceServer>& servers) {
  for (const config::IceServer& server : servers)
    for (const std::string& url : server.urls) {
      std::string link = '<' + url + ">; rel=\"ice-server\"";
      if (!server.username.empty())
        link += "; username=" + quoted(server.username) +
                "; credential=" + quoted(server.credential) + "; credential-type=\"password\"";
      exchange.add_header("Link", link);
    }
}

/// The path prefix that a proxy has removed, according to its header; empty: none, or not a valid
/// one. Accepted from trusted proxies and from those on a private network.
std::string taken_prefix(const Exchange& exchange) {
  constexpr std::size_t kMost = 256;
  const http::Client& client = exchange.client();
  const auth::Principal proxy{.address = client.peer};
  if (!client.trusted_peer && !proxy.is_on_private_network()) return {};
  std::string prefix = exchange.header("X-Forwarded-Prefix");
  while (prefix.ends_with('/')) prefix.pop_back();
  const bool is_path =
      prefix.starts_with('/') && prefix.size() <= kMost && prefix.find("//") == std::string::npos &&
      prefix.find("/.") == std::string::npos &&
      std::all_of(prefix.begin(), prefix.end(), [](char c) {
        return g_ascii_isalnum(c) || c == '/' || c == '-' || c == '_' || c == '.' || c == '~';
      });
  return is_path ? prefix : "";
}

/// Whether an If-Match lets a request through; the strong comparison of RFC 9110.
bool matches(std::string_view if_match, std::string_view etag) {
  while (!if_match.empty()) {
    const auto comma = if_match.find(',');
    std::string_view tag = if_match.substr(0, comma);
    if_match.remove_prefix(comma == std::string_view::npos ? if_match.size() : comma + 1);
    while (tag.starts_with(' ') || tag.starts_with('\t')) tag.remove_prefix(1);
    while (tag.ends_with(' ') || tag.ends_with('\t')) tag.remove_suffix(1);
    if (tag == "*" || tag == etag) return true;
  }
  return false;
}

} // namespace

WhepSession::WhepSession(ExchangePtr post, const config::WebRtc& webrtc, const Limits& limits,
                         Ended ended)
    : webrtc_(webrtc), limits_(limits), ended_(std::move(ended)), waiting_(std::move(post)) {
  renew_etag();
}

WhepSession::~WhepSession() {
  if (session_ != nullptr) session_->forget_observer();
}

void WhepSession::begin(session::Session& session) {
  session_ = &session;
  camera_ = session.camera_id();
  id_ = session.id();
  wait_for_answer(std::move(waiting_));
}

void WhepSession::wait_for_answer(ExchangePtr exchange) {
  waiting_ = std::move(exchange);
  waiting_->wait([this] {
    waiting_.reset();
    // A player that aborts the PATCH of a restart may still watch.
    if (!restarting_)
      give_up({"stopped", {"client_left"_reason, "the client disconnected before the answer"}});
  });
  overdue_.once(limits_.answer, [this] {
    give_up(
        {"timeout", {"answer_overdue"_reason, "the server could not answer the session in time"}});
  });
}

void WhepSession::give_up(session::CloseReason reason) {
  overdue_.stop();
  // The client may be gone, but its requests still wait: on_closed answers them.
  if (session_ != nullptr) session_->close(std::move(reason));
}

void WhepSession::on_answer(session::Session&, const std::string& sdp) {
  overdue_.stop();
  const bool restarted = std::exchange(restarting_, false);
  if (restarted) renew_etag();
  const ExchangePtr exchange = std::move(waiting_);
  if (!exchange) return;
  if (restarted) {
    exchange->set_header("ETag", etag_);
    return exchange->respond(200, "application/trickle-ice-sdpfrag",
                             sdp::ice_fragment(sdp).to_string());
  }
  // An absolute path: some players cannot resolve a relative one.
  exchange->set_header("Location", taken_prefix(*exchange) + "/whep/" + camera_ + '/' + id_);
  exchange->set_header("ETag", etag_);
  exchange->set_header("Accept-Patch", "application/trickle-ice-sdpfrag");
  exchange->set_header("Cache-Control", "no-store");
  add_ice_servers(*exchange, ice_servers_of_session(webrtc_.browser_ice_servers, id_,
                                                    std::chrono::system_clock::now()));
  exchange->respond(201, "application/sdp", sdp);
}

void WhepSession::on_candidate(session::Session&, const session::Candidate&) {
  // Answers are complete: in WHEP, the server cannot trickle candidates to the player.
}

void WhepSession::on_state(session::Session&, session::State, const Reason&) {}

void WhepSession::on_closed(session::Session&, const session::CloseReason& reason) {
  session_ = nullptr;
  overdue_.stop();
  if (const ExchangePtr exchange = std::move(waiting_)) exchange->respond(problem_of(reason));
  const Ended ended = ended_; // Copied: the call destroys this object.
  ended(*this);
}

void WhepSession::patch(const ExchangePtr& exchange) {
  if (exchange->content_type() != "application/trickle-ice-sdpfrag")
    return exchange->respond(
        Problem{Failure::wrong_type,
                {"patch_type"_reason, "a PATCH must be application/trickle-ice-sdpfrag"}});
  const bool conditional = exchange->has_header("If-Match");
  if (conditional && !matches(exchange->header("If-Match"), etag_)) {
    exchange->set_header("ETag", etag_);
    return exchange->respond(
        Error{Errc::conflict,
              Reason{"old_etag"_reason, "the ETag is out of date, because ICE was restarted"}});
  }
  const auto body = exchange->read_body();
  if (!body) return;
  auto fragment = sdp::IceFragment::parse(*body);
  if (!fragment) return exchange->respond(fragment.error());
  if (waiting_ || restarting_)
    return exchange->respond(
        Error{Errc::busy, Reason{"still_restarting"_reason,
                                 "the session is still restarting ICE; try again later"}});
  // Some players send If-Match: * with every candidate, or no If-Match at all, so only the
  // credentials distinguish a restart from a trickled candidate.
  if (!fragment->has_credentials() || fragment->ufrag == session_->offer().ice_ufrag())
    return trickle(exchange, *fragment);
  if (!conditional)
    return exchange->respond(Problem{
        Failure::no_if_match,
        {"no_if_match"_reason, "an ICE restart needs If-Match: the ETag of the session, or *"}});
  restart(exchange, *fragment);
}

void WhepSession::trickle(const ExchangePtr& exchange, const sdp::IceFragment& fragment) {
  candidates_ += fragment.candidates.size();
  if (candidates_ > limits_.candidates_per_session)
    return exchange->respond(
        Error{Errc::invalid, Reason{"many_candidates"_reason, "there are too many candidates"}});
  for (const sdp::IceFragment::Candidate& candidate : fragment.candidates)
    session_->add_candidate({sdp::mline_of(session_->offer(), candidate), candidate.candidate});
  if (fragment.end_of_candidates) session_->add_candidate({});
  exchange->respond(204);
}

void WhepSession::restart(const ExchangePtr& exchange, const sdp::IceFragment& fragment) {
  const auto restarted = session_->restart(fragment);
  if (!restarted) return exchange->respond(restarted.error());
  candidates_ = fragment.candidates.size();
  restarting_ = true;
  wait_for_answer(exchange);
}

void WhepSession::remove(const ExchangePtr& exchange) {
  session_->close({"stopped", {"player_ended"_reason, "the player ended the session"}});
  exchange->respond(200);
}

void WhepSession::renew_etag() { etag_ = '"' + take_text(g_uuid_string_random()) + '"'; }

} // namespace fanlight::http
