#include "rtsp/client.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <glib.h>

#include "rtsp/redirection.h"
#include "rtsp/url.h"

namespace fanlight::rtsp {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kMethodNotAllowed = 405;
constexpr int kNotImplemented = 501;
constexpr int kOptionNotSupported = 551;
constexpr int kLongestTimeout = 3600; // Seconds.

bool is_good(int status) { return status >= 200 && status < 300; }

/// Whether a list of methods, in any case, has GET_PARAMETER.
bool has_get_parameter(const std::string& methods) {
  gchar* const upper = g_ascii_strup(methods.c_str(), -1);
  const bool found = std::string_view{upper}.find("GET_PARAMETER") != std::string_view::npos;
  g_free(upper);
  return found;
}

/// A URL that requests can name: with a path.
std::string with_path(std::string text) {
  auto url = parse_url(text);
  if (!url || !url->rest.empty()) return text;
  url->rest = "/";
  return url->text();
}

} // namespace

Client::Client(Settings settings, Observer& observer)
    : settings_(std::move(settings)), observer_(observer), url_(with_path(settings_.url)) {}

void Client::begin() {
  media_.clear();
  set_up_ = 0;
  answers_ = {};
  session_.clear();
  aggregate_ = url_;
  lists_get_parameter_ = false;
  ask({.method = "OPTIONS", .url = url_, .headers = {}});
}

std::string Client::take_output() { return std::exchange(output_, {}); }

void Client::ask(Request request) {
  asked_ = std::move(request);
  write(asked_);
}

void Client::write(const Request& request) {
  output_ += request.method + " " + request.url +
             " RTSP/1.0\r\nCSeq: " + std::to_string(++sequence_) + "\r\n";
  if (!settings_.agent.empty()) output_ += "User-Agent: " + settings_.agent + "\r\n";
  const std::string login = settings_.login.authorization(request.method, request.url);
  if (!login.empty()) output_ += "Authorization: " + login + "\r\n";
  output_ += request.headers + "\r\n";
}

std::string Client::session_header() const {
  return session_.empty() ? std::string{} : "Session: " + session_ + "\r\n";
}

void Client::keep_alive() {
  // RFC 2326, section 10.8: GET_PARAMETER without a body is a ping.
  const char* const method =
      refuses_ping_ ? "OPTIONS" : settings_.plan.method(lists_get_parameter_);
  ask({.method = method, .url = aggregate_, .headers = session_header(), .ping = true});
}

void Client::say_goodbye() {
  if (!session_.empty())
    ask({.method = "TEARDOWN", .url = aggregate_, .headers = session_header(), .ping = true});
}

void Client::take(const Message& message) {
  if (message.status == 0) return answer(message);
  if (asked_.method.empty() || message.status < 200) return;
  take_answer(message);
}

/// Of the camera's own requests, only those are known that need nothing.
void Client::answer(const Message& request) {
  const bool known = request.method == "OPTIONS" || request.method == "GET_PARAMETER" ||
                     request.method == "SET_PARAMETER";
  output_ += std::string{"RTSP/1.0 "} + (known ? "200 OK" : "501 Not Implemented") +
             "\r\nCSeq: " + request.first("CSeq") + "\r\n" + session_header() + "\r\n";
}

void Client::take_answer(const Message& answer) {
  const int status = answer.status;
  Failure refused{.kind = Failure::Kind::refused, .method = asked_.method, .status = status};
  const bool challenged = !answer.all("WWW-Authenticate").empty();
  if (status == kUnauthorized && (challenged || asked_.method != "OPTIONS")) {
    refused.verdict = take_challenges(answer);
    if (refused.verdict == Login::Verdict::answered) return write(asked_);
  } else {
    settings_.login.accept();
  }
  if (asked_.ping) {
    ++keep_alives_;
    refuses_ping_ = refuses_ping_ || status == kMethodNotAllowed || status == kNotImplemented ||
                    status == kOptionNotSupported;
    asked_ = {};
    return;
  }
  const bool moves = status >= 300 && status < 400 && asked_.method != "SETUP";
  if (moves) return follow(answer);
  // Not all cameras answer OPTIONS, or they answer it for another URL only.
  const bool skipped = asked_.method == "OPTIONS" && refused.verdict == Login::Verdict::answered;
  if (!is_good(status) && !skipped) {
    refused.sound = asked_.sound && status != kUnauthorized;
    return fail(std::move(refused));
  }
  const std::string method = std::exchange(asked_, {}).method;
  if (method == "OPTIONS") return on_options(answer);
  if (method == "DESCRIBE") return on_description(answer);
  if (method == "SETUP") return on_setup(answer);
  redirections_ = 0;
  observer_.on_play();
}

Login::Verdict Client::take_challenges(const Message& answer) {
  std::vector<Challenge> challenges;
  for (const std::string& value : answer.all("WWW-Authenticate"))
    for (Challenge& challenge : parse_challenges(value)) challenges.push_back(std::move(challenge));
  return settings_.login.on_challenges(challenges);
}

void Client::follow(const Message& answer) {
  const bool tls = url_.starts_with("rtsps:");
  Redirection to = redirection_of(asked_.url, answer.first("Location"), tls);
  if (to.fault != Redirection::Fault::none)
    return fail({.kind = Failure::Kind::redirection,
                 .method = asked_.method,
                 .status = answer.status,
                 .redirection = std::move(to)});
  if (++redirections_ > kMostRedirections)
    return fail({.kind = Failure::Kind::redirections, .method = asked_.method});
  settings_.login.move();
  asked_ = {};
  url_ = with_path(std::move(to.url));
  observer_.on_end({});
}

void Client::fail(Failure failure) {
  asked_ = {};
  observer_.on_end(failure);
}

void Client::on_options(const Message& answer) {
  for (const char* header : {"Public", "Allow"})
    for (const std::string& methods : answer.all(header))
      lists_get_parameter_ = lists_get_parameter_ || has_get_parameter(methods);
  ask({.method = "DESCRIBE", .url = url_, .headers = "Accept: application/sdp\r\n"});
}

void Client::on_description(const Message& answer) {
  std::string base = url_;
  for (const char* header : {"Content-Location", "Content-Base"})
    for (const std::string& url : answer.all(header))
      if (url.find("://") != std::string::npos) base = url;
  const std::string sdp = answer.body.substr(0, answer.body.find('\0'));
  if (const Excess excess = excess_of(sdp); excess != Excess::none)
    return fail({.kind = Failure::Kind::description, .method = "DESCRIBE", .excess = excess});
  const Description description = mended(sdp, base);
  aggregate_ = description.url;
  media_ = observer_.on_description(description);
  if (!media_.empty()) set_up_next();
}

std::string Client::control_url(const std::string& control) const {
  if (control.find("://") != std::string::npos) return control;
  if (control.empty() || control == "*") return aggregate_;
  const auto base = parse_url(aggregate_);
  return base ? base->scheme + "://" + base->authority + control : control;
}

void Client::set_up_next() {
  if (set_up_ == media_.size())
    return ask({.method = "PLAY",
                .url = aggregate_,
                .headers = session_header() + "Range: npt=0.000-\r\n"});
  const Medium& medium = media_[set_up_];
  ask({.method = "SETUP",
       .url = control_url(medium.control),
       .headers = session_header() + "Transport: " + to_string(medium.transport) + "\r\n",
       .sound = medium.sound});
}

void Client::on_setup(const Message& answer) {
  for (const std::string& session : answer.all("Session")) {
    const std::string id = session.substr(0, session.find(';'));
    session_ = id.substr(0, id.find_last_not_of(" \t") + 1);
    if (const auto timeout = timeout_of(session); timeout && *timeout > 0)
      timeout_ = std::chrono::seconds{std::clamp(*timeout, 2, kLongestTimeout)};
  }
  observer_.on_set_up(set_up_, answers_.agree(media_[set_up_].transport,
                                              parse_transport(answer.first("Transport"))));
  ++set_up_;
  set_up_next();
}

} // namespace fanlight::rtsp
