// What one writes first: a webrtcbin for each viewer behind a plain tee, with the defaults of every
// element. The bench measures Fanlight against it in the same run, which a noisy machine cannot
// tell apart. It takes offers at POST /whep/cam as fanlight-load makes them, for H.264 at payload
// type 116, and never lets a viewer go.

#include <cstdio>
#include <string>

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>
#include <libsoup/soup.h>

namespace {

constexpr guint kPayloadType = 116;

struct Viewer {
  GstElement* webrtcbin;
  SoupServerMessage* message; // Until it is answered.
};

GstElement* pipeline;

void answer_when_gathered(GstElement* webrtcbin, GParamSpec*, gpointer data) {
  GstWebRTCICEGatheringState state;
  g_object_get(webrtcbin, "ice-gathering-state", &state, nullptr);
  if (state != GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) return;
  // On webrtcbin's thread: libsoup's is another one.
  g_idle_add(
      [](gpointer user) -> gboolean {
        auto* viewer = static_cast<Viewer*>(user);
        if (viewer->message == nullptr) return G_SOURCE_REMOVE;
        GstWebRTCSessionDescription* answer = nullptr;
        g_object_get(viewer->webrtcbin, "local-description", &answer, nullptr);
        gchar* text = gst_sdp_message_as_text(answer->sdp);
        soup_message_headers_append(soup_server_message_get_response_headers(viewer->message),
                                    "Location", "/whep/cam/1");
        soup_server_message_set_status(viewer->message, 201, nullptr);
        soup_server_message_set_response(viewer->message, "application/sdp", SOUP_MEMORY_TAKE, text,
                                         std::string(text).size());
        soup_server_message_unpause(viewer->message);
        g_clear_object(&viewer->message);
        gst_webrtc_session_description_free(answer);
        return G_SOURCE_REMOVE;
      },
      data);
}

GstWebRTCSessionDescription* create_answer(GstElement* webrtcbin) {
  GstPromise* promise = gst_promise_new();
  g_signal_emit_by_name(webrtcbin, "create-answer", nullptr, promise);
  gst_promise_wait(promise);
  GstWebRTCSessionDescription* answer = nullptr;
  gst_structure_get(gst_promise_get_reply(promise), "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION,
                    &answer, nullptr);
  gst_promise_unref(promise);
  return answer;
}

void add_branch(Viewer* viewer) {
  const std::string caps = "application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,"
                           "packetization-mode=(string)1,payload=" +
                           std::to_string(kPayloadType) + ",ssrc=(uint)" +
                           std::to_string(g_random_int_range(1, G_MAXINT32));
  const std::string description =
      "queue ! rtph264pay config-interval=-1 pt=" + std::to_string(kPayloadType) +
      " ! capssetter replace=true caps=\"" + caps +
      "\" ! webrtcbin name=webrtc bundle-policy=max-bundle";
  GError* error = nullptr;
  GstElement* bin = gst_parse_bin_from_description(description.c_str(), TRUE, &error);
  if (bin == nullptr) g_error("%s", error->message);
  viewer->webrtcbin = gst_bin_get_by_name(GST_BIN(bin), "webrtc");
  GObject* ice = nullptr;
  g_object_get(viewer->webrtcbin, "ice-agent", &ice, nullptr);
  gboolean added = FALSE;
  g_signal_emit_by_name(ice, "add-local-ip-address", "127.0.0.1", &added);
  g_object_unref(ice);
  g_signal_connect(viewer->webrtcbin, "notify::ice-gathering-state",
                   G_CALLBACK(answer_when_gathered), viewer);
  gst_bin_add(GST_BIN(pipeline), bin);
  gst_element_sync_state_with_parent(bin);
  GstElement* tee = gst_bin_get_by_name(GST_BIN(pipeline), "tee");
  gst_element_link(tee, bin);
  gst_object_unref(tee);
}

void on_offer(SoupServer*, SoupServerMessage* message, const char*, GHashTable*, gpointer) {
  if (soup_server_message_get_method(message) != std::string("POST"))
    return soup_server_message_set_status(message, 200, nullptr);
  const SoupMessageBody* body = soup_server_message_get_request_body(message);
  GstSDPMessage* sdp = nullptr;
  gst_sdp_message_new_from_text(body->data, &sdp);
  GstWebRTCSessionDescription* offer =
      gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_OFFER, sdp);
  auto* viewer = new Viewer{nullptr, SOUP_SERVER_MESSAGE(g_object_ref(message))};
  soup_server_message_pause(message);
  add_branch(viewer);
  g_signal_emit_by_name(viewer->webrtcbin, "set-remote-description", offer, nullptr);
  GstWebRTCSessionDescription* answer = create_answer(viewer->webrtcbin);
  g_signal_emit_by_name(viewer->webrtcbin, "set-local-description", answer, nullptr);
  gst_webrtc_session_description_free(offer);
  gst_webrtc_session_description_free(answer);
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  gst_init(nullptr, nullptr);
  const std::string description =
      std::string("rtspsrc protocols=tcp latency=2000 location=") + argv[1] +
      " ! rtph264depay ! h264parse ! tee name=tee allow-not-linked=true";
  GError* error = nullptr;
  pipeline = gst_parse_launch(description.c_str(), &error);
  if (pipeline == nullptr) g_error("%s", error->message);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);

  SoupServer* server = soup_server_new(nullptr, nullptr);
  soup_server_add_handler(server, "/whep", on_offer, nullptr, nullptr);
  if (!soup_server_listen_local(server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    g_error("%s", error->message);
  GSList* uris = soup_server_get_uris(server);
  std::printf("serving on http://127.0.0.1:%d\n", g_uri_get_port(static_cast<GUri*>(uris->data)));
  std::fflush(stdout);
  g_main_loop_run(g_main_loop_new(nullptr, FALSE));
}
