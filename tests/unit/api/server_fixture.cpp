#include "server_fixture.h"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fanlight::test {
namespace {

struct Pending {
  std::shared_ptr<Response> response;
  http::Owned<SoupMessage> message;
};

void add_header(const char* name, const char* value, gpointer data) {
  auto& headers = static_cast<Response*>(data)->headers;
  const std::string key = http::take_text(g_ascii_strdown(name, -1));
  std::string& held = headers[key];
  held = held.empty() ? value : held + ", " + value;
}

} // namespace

ServerTest::ServerTest() : client(soup_session_new()) {
  std::string name = (std::filesystem::temp_directory_path() / "fanlight-http-XXXXXX").string();
  folder = mkdtemp(name.data());
  std::filesystem::create_directory(folder / "web");
  config.server.listen = "127.0.0.1:0";
  config.server.web_root = folder / "web";
  // Nobody is sent away because this machine is slow: what is about such a time sets it.
  for (http::Limits::Duration* time :
       {&limits.head, &limits.body, &limits.write, &limits.idle, &limits.answer, &limits.ping,
        &limits.message_time, &limits.settle, &limits.error, &limits.refusal, &limits.graph})
    *time = std::chrono::hours{1};
  cameras::CameraInfo front;
  front.id = "front";
  front.name = "Front door";
  front.best.url = "rtsp://***@192.0.2.1/";
  front.best.state = "live";
  front.best.video_codec = "H264";
  cameras::CameraInfo yard;
  yard.id = "yard";
  yard.name = "마당";
  yard.best.state = "retrying";
  yard.best.reason.message = "no answer";
  directory.all_cameras = {front, yard};
}

ServerTest::~ServerTest() {
  server.reset();
  client.reset();
  while (g_main_context_iteration(nullptr, FALSE)) {
  }
  std::filesystem::remove_all(folder);
}

void ServerTest::SetUp() { write_file("index.html", "<!doctype html><title>Fanlight</title>\n"); }

void ServerTest::start() {
  auto created =
      http::WebService::create(config, directory, directory, store, *layouts, *policy, limits);
  ASSERT_TRUE(created.ok()) << created.error().message;
  server = std::move(created).value();
}

void ServerTest::write_file(const std::string& name, const std::string& content) {
  const auto path = folder / "web" / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream{path} << content;
}

void ServerTest::begin(const Request& request, std::shared_ptr<Response> response,
                       GCancellable* cancel) {
  // Encoded as it is: the tests send paths that are not well formed.
  const http::Owned<GUri, g_uri_unref> uri{
      g_uri_parse(url(request.path).c_str(), static_cast<GUriFlags>(SOUP_HTTP_URI_FLAGS), nullptr)};
  auto* pending = new Pending{
      std::move(response),
      http::Owned<SoupMessage>{soup_message_new_from_uri(request.method.c_str(), uri.get())}};
  SoupMessage* message = pending->message.get();
  for (const auto& [name, value] : request.headers)
    soup_message_headers_append(soup_message_get_request_headers(message), name.c_str(),
                                value.c_str());
  if (!request.type.empty() || !request.body.empty()) {
    const http::OwnedBytes body{g_bytes_new(request.body.data(), request.body.size())};
    soup_message_set_request_body_from_bytes(
        message, request.type.empty() ? nullptr : request.type.c_str(), body.get());
  }
  soup_session_send_and_read_async(
      client.get(), message, G_PRIORITY_DEFAULT, cancel,
      +[](GObject* session, GAsyncResult* result, gpointer data) {
        const std::unique_ptr<Pending> done{static_cast<Pending*>(data)};
        const http::OwnedBytes body{
            soup_session_send_and_read_finish(SOUP_SESSION(session), result, nullptr)};
        Response& out = *done->response;
        if (!body) {
          out.status = -1;
          return;
        }
        gsize size = 0;
        const auto* bytes = static_cast<const char*>(g_bytes_get_data(body.get(), &size));
        if (bytes != nullptr) out.body.assign(bytes, size);
        soup_message_headers_foreach(soup_message_get_response_headers(done->message.get()),
                                     add_header, &out);
        out.status = static_cast<int>(soup_message_get_status(done->message.get()));
      },
      pending);
}

Response ServerTest::send(const Request& request) {
  const auto response = std::make_shared<Response>();
  begin(request, response);
  turn_until([&] { return response->status != 0; }, request.method + ' ' + request.path);
  return *response;
}

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
}

std::string websocket_frame(unsigned char opcode, bool fin, const std::string& payload) {
  std::string bytes;
  bytes += static_cast<char>(opcode | (fin ? 0x80 : 0));
  if (payload.size() < 126) {
    bytes += static_cast<char>(0x80 | payload.size());
  } else if (payload.size() < 65536) {
    bytes += static_cast<char>(0x80 | 126);
    bytes += static_cast<char>(payload.size() >> 8);
    bytes += static_cast<char>(payload.size());
  } else {
    bytes += static_cast<char>(0x80 | 127);
    for (int shift = 56; shift >= 0; shift -= 8)
      bytes += static_cast<char>(static_cast<std::uint64_t>(payload.size()) >> shift);
  }
  return bytes + std::string(4, '\0') + payload;
}

RawClient::RawClient(int port, const std::string& from)
    : socket_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
  sockaddr_in source{};
  source.sin_family = AF_INET;
  EXPECT_EQ(inet_pton(AF_INET, from.c_str(), &source.sin_addr), 1);
  EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&source), sizeof source), 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    EXPECT_EQ(errno, EINPROGRESS);
  }
}

RawClient::~RawClient() { close(); }

void RawClient::ask_for_websocket() {
  write("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}

void RawClient::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

std::size_t RawClient::offer(const std::string& bytes) {
  const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

void RawClient::write(const std::string& bytes) {
  std::size_t sent = 0;
  turn_until(
      [&] {
        sent += offer(bytes.substr(sent));
        g_main_context_iteration(nullptr, FALSE);
        return sent == bytes.size() || closed();
      },
      "a client to write");
}

const std::string& RawClient::received() {
  char buffer[65536];
  while (!closed_) {
    const ssize_t got = recv(socket_, buffer, sizeof buffer, 0);
    if (got > 0)
      received_.append(buffer, static_cast<std::size_t>(got));
    else if (got < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN))
      break;
    else
      closed_ = true;
  }
  return received_;
}

bool RawClient::wait_for(const std::string& text) {
  Timer poll; // The socket is not watched by the loop.
  poll.every(std::chrono::milliseconds{2}, [] {});
  turn_until([&] { return received().find(text) != std::string::npos || closed_; }, text);
  return received_.find(text) != std::string::npos;
}

bool RawClient::wait_for_close() {
  Timer poll;
  poll.every(std::chrono::milliseconds{2}, [] {});
  return turn_until([&] { return closed(); }, "the server to close the connection");
}

} // namespace fanlight::test
