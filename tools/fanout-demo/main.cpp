// fanlight-fanout-demo: webrtcfanout without the server. A gst-launch-1.0 pipeline that ends in it,
// with a minimal WHEP listener and page for browsers.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include <glib-unix.h>
#include <gst/gst.h>
#include <libsoup/soup.h>
#include <sysexits.h>

namespace {

constexpr const char* kHelp =
    R"(fanlight-fanout-demo: a pipeline that ends in webrtcfanout, for browsers and WHEP players

  fanlight-fanout-demo [PORT] 'PIPELINE ! webrtcfanout name=fanout'

PORT is the HTTP port on this machine (default 8090; 0: a free one). Without PIPELINE, the demo
shows a test picture. Open the address that it prints; WHEP players use /whep.
)";

constexpr const char* kTestPicture =
    "videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=25/1 ! "
    "x264enc tune=zerolatency bitrate=800 key-int-max=250 ! "
    "video/x-h264,profile=constrained-baseline ! rtph264pay mtu=1200 config-interval=-1 ! "
    "webrtcfanout name=fanout";

constexpr const char* kPage = R"(<!doctype html>
<meta charset="utf-8"><title>webrtcfanout</title>
<video id="video" autoplay muted playsinline style="width:100%;max-height:100vh;background:#000"></video>
<script type="module">
  const peer = new RTCPeerConnection();
  peer.addTransceiver('video', { direction: 'recvonly' });
  peer.addTransceiver('audio', { direction: 'recvonly' });
  peer.ontrack = ({ streams }) => (video.srcObject = streams[0]);
  await peer.setLocalDescription();
  const headers = { 'Content-Type': 'application/sdp' };
  const answer = await fetch('whep', { method: 'POST', headers, body: peer.localDescription.sdp });
  if (answer.ok) await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  else document.body.append(await answer.text());
</script>
)";

void reply(SoupServerMessage* message, unsigned status, const char* type, const char* text) {
  soup_server_message_set_status(message, status, nullptr);
  soup_server_message_set_response(message, type, SOUP_MEMORY_COPY, text, std::strlen(text));
}

void on_page(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*, gpointer) {
  if (std::strcmp(path, "/") != 0) return reply(message, SOUP_STATUS_NOT_FOUND, "text/plain", "");
  reply(message, SOUP_STATUS_OK, "text/html; charset=utf-8", kPage);
}

void add_viewer(SoupServerMessage* message, GstElement* fanout) {
  SoupMessageBody* const body = soup_server_message_get_request_body(message);
  const std::string offer(body->data != nullptr ? body->data : "",
                          static_cast<std::size_t>(body->length));
  GstStructure* const options =
      gst_structure_new("options", "loopback", G_TYPE_BOOLEAN, TRUE, nullptr);
  GstStructure* answer = nullptr;
  g_signal_emit_by_name(fanout, "add-viewer", offer.c_str(), options, &answer);
  gst_structure_free(options);
  if (gst_structure_has_name(answer, "answer")) {
    const std::string location = std::string("/whep/") + gst_structure_get_string(answer, "id");
    SoupMessageHeaders* const headers = soup_server_message_get_response_headers(message);
    soup_message_headers_append(headers, "Location", location.c_str());
    reply(message, SOUP_STATUS_CREATED, "application/sdp", gst_structure_get_string(answer, "sdp"));
  } else {
    const bool ours = std::strcmp(gst_structure_get_string(answer, "code"), "bad-offer") != 0;
    reply(message, ours ? SOUP_STATUS_SERVICE_UNAVAILABLE : SOUP_STATUS_BAD_REQUEST, "text/plain",
          gst_structure_get_string(answer, "message"));
  }
  gst_structure_free(answer);
}

void on_whep(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
             gpointer data) {
  auto* const fanout = static_cast<GstElement*>(data);
  const std::string method = soup_server_message_get_method(message);
  const std::string id = std::strlen(path) > 6 ? path + 6 : ""; // Behind /whep/.
  if (method == "POST" && id.empty()) return add_viewer(message, fanout);
  if (method == "DELETE" && !id.empty()) {
    gboolean removed = FALSE;
    g_signal_emit_by_name(fanout, "remove-viewer", id.c_str(), &removed);
    return reply(message, removed ? SOUP_STATUS_OK : SOUP_STATUS_NOT_FOUND, "text/plain", "");
  }
  reply(message, SOUP_STATUS_METHOD_NOT_ALLOWED, "text/plain", "POST an offer, DELETE a viewer");
}

void on_state(GstElement*, const char* id, const char* state, const char* message, gpointer) {
  std::printf("viewer %s: %s %s\n", id, state, message);
  std::fflush(stdout);
}

gboolean on_message(GstBus*, GstMessage* message, gpointer data) {
  const GstMessageType type = GST_MESSAGE_TYPE(message);
  if (type == GST_MESSAGE_ERROR) {
    GError* error = nullptr;
    gst_message_parse_error(message, &error, nullptr);
    std::fprintf(stderr, "%s: %s\n", GST_OBJECT_NAME(GST_MESSAGE_SRC(message)), error->message);
    g_error_free(error);
  }
  if (type == GST_MESSAGE_ERROR || type == GST_MESSAGE_EOS)
    g_main_loop_quit(static_cast<GMainLoop*>(data));
  return G_SOURCE_CONTINUE;
}

gboolean on_interrupt(gpointer data) {
  g_main_loop_quit(static_cast<GMainLoop*>(data));
  return G_SOURCE_REMOVE;
}

int run(unsigned port, const char* line) {
  GError* error = nullptr;
  GstElement* const pipeline = gst_parse_launch(line, &error);
  if (error != nullptr) {
    std::fprintf(stderr, "building the pipeline: %s\n", error->message);
    return EX_USAGE;
  }
  GstElement* const fanout =
      GST_IS_BIN(pipeline) ? gst_bin_get_by_name(GST_BIN(pipeline), "fanout") : nullptr;
  if (fanout == nullptr) {
    std::fprintf(stderr, "the pipeline has no element named fanout: append `! webrtcfanout "
                         "name=fanout`\n");
    return EX_USAGE;
  }
  g_signal_connect(fanout, "viewer-state", G_CALLBACK(on_state), nullptr);

  GMainLoop* const loop = g_main_loop_new(nullptr, FALSE);
  gst_bus_add_watch(gst_pipeline_get_bus(GST_PIPELINE(pipeline)), on_message, loop);
  g_unix_signal_add(SIGINT, on_interrupt, loop);
  g_unix_signal_add(SIGTERM, on_interrupt, loop);
  SoupServer* const server = soup_server_new(nullptr, nullptr);
  soup_server_add_handler(server, "/", on_page, nullptr, nullptr);
  soup_server_add_handler(server, "/whep", on_whep, fanout, nullptr);
  if (!soup_server_listen_local(server, port, SoupServerListenOptions{}, &error)) {
    std::fprintf(stderr, "listening on port %u: %s\n", port, error->message);
    return EX_OSERR;
  }
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GSList* const uris = soup_server_get_uris(server);
  std::printf("serving on http://localhost:%d/\n", g_uri_get_port(static_cast<GUri*>(uris->data)));
  std::fflush(stdout);
  g_slist_free_full(uris, reinterpret_cast<GDestroyNotify>(g_uri_unref));
  g_main_loop_run(loop);

  gst_element_set_state(pipeline, GST_STATE_NULL);
  g_object_unref(server);
  gst_object_unref(fanout);
  gst_object_unref(pipeline);
  g_main_loop_unref(loop);
  return EX_OK;
}

} // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc > 1 && (std::strcmp(argv[1], "--help") == 0 || std::strcmp(argv[1], "-h") == 0)) {
    std::fputs(kHelp, stdout);
    return EX_OK;
  }
  char* end = argc > 1 ? argv[1] : nullptr;
  const unsigned long port = argc > 1 ? std::strtoul(argv[1], &end, 10) : 8090;
  const bool numbered = argc > 1 && *end == '\0' && port < 65536;
  const int lines = argc - 1 - numbered;
  if (lines > 1) {
    std::fputs(kHelp, stderr);
    return EX_USAGE;
  }
  return run(numbered ? static_cast<unsigned>(port) : 8090,
             lines == 1 ? argv[argc - 1] : kTestPicture);
}
