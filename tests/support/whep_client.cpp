#include "whep_client.h"

#include <cstring>

namespace fanlight::support {

namespace {

struct Call {
  WhepClient::Done done;
  Ref<SoupMessage> message;
};

std::string location_of(SoupMessage* message) {
  const char* const location =
      soup_message_headers_get_one(soup_message_get_response_headers(message), "Location");
  if (location == nullptr) return {};
  const Owned<GUri, g_uri_unref> absolute{g_uri_parse_relative(
      soup_message_get_uri(message), location, GUriFlags(SOUP_HTTP_URI_FLAGS), nullptr)};
  return absolute ? take_string(g_uri_to_string(absolute.get())) : std::string{};
}

void on_sent(GObject* session, GAsyncResult* result, gpointer data) {
  const std::unique_ptr<Call> call{static_cast<Call*>(data)};
  GError* raw = nullptr;
  GBytes* bytes = soup_session_send_and_read_finish(SOUP_SESSION(session), result, &raw);
  if (const GErrorPtr error{raw}) {
    if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_CANCELLED)) return;
    return call->done(Error{Errc::unavailable, error->message});
  }
  const Owned<GBytes, g_bytes_unref> body{bytes};
  gsize size = 0;
  const auto* text = static_cast<const char*>(g_bytes_get_data(body.get(), &size));
  SoupMessage* const message = call->message.get();
  call->done(WhepClient::Reply{soup_message_get_status(message),
                               text == nullptr ? std::string{} : std::string{text, size},
                               location_of(message)});
}

} // namespace

WhepClient::WhepClient()
    : session_(Ref<SoupSession>::adopt(
          soup_session_new_with_options("max-conns", 512, "max-conns-per-host", 512, nullptr))),
      cancellable_(Ref<GCancellable>::adopt(g_cancellable_new())) {}

WhepClient::~WhepClient() { g_cancellable_cancel(cancellable_.get()); }

void WhepClient::offer(const std::string& url, const std::string& sdp, Done done) {
  SoupMessage* message = soup_message_new("POST", url.c_str());
  if (message == nullptr) return done(Error{Errc::invalid, "'" + url + "' is not an HTTP URL"});
  const Owned<GBytes, g_bytes_unref> body{g_bytes_new(sdp.data(), sdp.size())};
  soup_message_set_request_body_from_bytes(message, "application/sdp", body.get());
  send(message, std::move(done));
}

void WhepClient::leave(const std::string& location, Done done) {
  SoupMessage* message = soup_message_new("DELETE", location.c_str());
  if (message == nullptr) return done(Error{Errc::invalid, "'" + location + "' is not a URL"});
  send(message, std::move(done));
}

void WhepClient::send(SoupMessage* message, Done done) {
  auto* call = new Call{std::move(done), Ref<SoupMessage>::adopt(message)};
  soup_session_send_and_read_async(session_.get(), message, G_PRIORITY_DEFAULT, cancellable_.get(),
                                   on_sent, call);
}

} // namespace fanlight::support
