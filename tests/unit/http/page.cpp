#include "page.h"

#include <algorithm>
#include <string_view>

namespace fanlight::test {
namespace {

struct Connecting {
  Page* page;
  bool done = false;
};

} // namespace

std::string text_of(const std::string& object, const char* name) {
  // Not by the service's own reader: what it says may be larger than what it takes.
  const http::Owned<JsonParser> parser{json_parser_new_immutable()};
  if (!json_parser_load_from_data(parser.get(), object.data(), static_cast<gssize>(object.size()),
                                  nullptr))
    return {};
  JsonNode* const root = json_parser_get_root(parser.get());
  return JSON_NODE_HOLDS_OBJECT(root) ? http::json::string_member(root, name).value_or("") : "";
}

void trust_anybody(SoupMessage* message) {
  g_signal_connect(message, "accept-certificate",
                   G_CALLBACK(+[](SoupMessage*, GTlsCertificate*, GTlsCertificateFlags,
                                  gpointer) -> gboolean { return TRUE; }),
                   nullptr);
}

Page::Page(SoupSession* session, const std::string& url, char** protocols) {
  Connecting connecting{this};
  const http::Owned<SoupMessage> message{soup_message_new("GET", url.c_str())};
  trust_anybody(message.get());
  soup_session_websocket_connect_async(
      session, message.get(), nullptr, protocols, G_PRIORITY_DEFAULT, nullptr,
      +[](GObject* source, GAsyncResult* result, gpointer data) {
        auto* out = static_cast<Connecting*>(data);
        http::Owned<SoupWebsocketConnection> connection{
            soup_session_websocket_connect_finish(SOUP_SESSION(source), result, nullptr)};
        out->done = true;
        // The first message may come in this turn.
        if (connection) out->page->listen(std::move(connection));
      },
      &connecting);
  turn_until([&] { return connecting.done; }, "the WebSocket");
}

void Page::listen(http::Owned<SoupWebsocketConnection> connection) {
  connection_ = std::move(connection);
  soup_websocket_connection_set_max_incoming_payload_size(connection_.get(), 0);
  const auto keep = +[](Page* self, int, GBytes* data) {
    gsize size = 0;
    const auto* text = static_cast<const char*>(g_bytes_get_data(data, &size));
    const std::string message_text(text, size);
    // The type comes first; many cameras are more values than a client may send.
    constexpr std::string_view kType = R"({"type":")";
    const std::size_t end = message_text.find('"', kType.size());
    self->messages_.emplace_back(message_text.substr(kType.size(), end - kType.size()),
                                 message_text);
  };
  g_signal_connect_swapped(connection_.get(), "message", G_CALLBACK(keep), this);
  g_signal_connect_swapped(connection_.get(), "closed",
                           G_CALLBACK(+[](Page* self) { self->closed_ = true; }), this);
}

Page::~Page() {
  if (connection_) g_signal_handlers_disconnect_by_data(connection_.get(), this);
}

std::string Page::next(const std::string& type) {
  const auto find = [&] {
    return std::find_if(messages_.begin(), messages_.end(),
                        [&](const auto& message) { return message.first == type; });
  };
  turn_until([&] { return find() != messages_.end() || closed_; }, "a message " + type);
  const auto found = find();
  if (found == messages_.end()) {
    ADD_FAILURE() << "no message " << type;
    return "{}";
  }
  std::string text = found->second;
  messages_.erase(found);
  return text;
}

std::size_t Page::count(const std::string& type) const {
  return static_cast<std::size_t>(
      std::count_if(messages_.begin(), messages_.end(),
                    [&](const auto& message) { return message.first == type; }));
}

} // namespace fanlight::test
