#include "camsim/rtsp/server.h"

#include <atomic>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "camsim/rtsp/auth.h"
#include "camsim/rtsp/factory.h"
#include "camsim/rtsp/feed.h"
#include "camsim/rtsp/rtp_faults.h"
#include "camsim/rtsp/thread_pool.h"

namespace fanlight::camsim {

struct Server::Mount {
  Pacer& pacer;
  CameraSpec camera;
  std::shared_ptr<const Clip> clip;
  std::shared_ptr<std::atomic<int>> feeds; ///< The number of feeds of all cameras.
  Feed::FindClip find_clip;
  std::shared_ptr<FaultState> faults;
  bool spoils = false; ///< Its packets may get faults.
};

namespace {

constexpr std::pair<guint16, guint16> kGroupPorts{5000, 5999};
constexpr guint8 kGroupHops = 1; ///< Not beyond a router.

/// A feed that counts itself as long as it exists; it ends with its media.
struct CountedFeed {
  CountedFeed(Pacer& pacer, const CameraSpec& camera, std::shared_ptr<const Clip> clip,
              Feed::FindClip find_clip, std::vector<Ref<GstElement>> sources,
              std::shared_ptr<FaultState> faults, std::shared_ptr<std::atomic<int>> counter)
      : feed(pacer, camera, std::move(clip), std::move(find_clip), std::move(sources),
             std::move(faults)),
        alive(std::move(counter)) {
    ++*alive;
  }
  ~CountedFeed() {
    feed.stop();
    --*alive;
  }
  Feed feed;
  std::shared_ptr<std::atomic<int>> alive;
};

/// Disables Nagle's algorithm: a small packet would wait for the acknowledgement of the previous
/// one, which takes 40 ms if the receiver delays it.
void send_at_once(GstRTSPServer*, GstRTSPClient* client, gpointer) {
  GstRTSPConnection* const connection = gst_rtsp_client_get_connection(client);
  GSocket* const socket = gst_rtsp_connection_get_write_socket(connection);
  if (socket != nullptr) g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1, nullptr);
}

Result<Owned<GSource, g_source_unref>> serve(GstRTSPServer* server, const Listen& listen) {
  gst_rtsp_server_set_address(server, listen.host.c_str());
  gst_rtsp_server_set_service(server, std::to_string(listen.port).c_str());
  g_signal_connect(server, "client-connected", G_CALLBACK(send_at_once), nullptr);
  GError* raw = nullptr;
  Owned<GSource, g_source_unref> source{gst_rtsp_server_create_source(server, nullptr, &raw)};
  if (const GErrorPtr error{raw}; error)
    return Error{Errc::unavailable, "listening on " + listen.host + ":" +
                                        std::to_string(listen.port) + ": " + error->message};
  g_source_attach(source.get(), nullptr);
  return Result<Owned<GSource, g_source_unref>>{std::move(source)};
}

} // namespace

void Server::configure_media(GstRTSPMediaFactory*, GstRTSPMedia* media, gpointer data) {
  const auto& mount = *static_cast<const Mount*>(data);
  const auto bin = Ref<GstElement>::adopt(gst_rtsp_media_get_element(media));
  std::vector<Ref<GstElement>> sources;
  while (GstElement* source = gst_bin_get_by_name(GST_BIN(bin.get()),
                                                  ("src" + std::to_string(sources.size())).c_str()))
    sources.push_back(Ref<GstElement>::adopt(source));

  for (std::size_t i = 0; i < sources.size() && mount.spoils; ++i) {
    const auto payloader = Ref<GstElement>::adopt(
        gst_bin_get_by_name(GST_BIN(bin.get()), ("pay" + std::to_string(i)).c_str()));
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(payloader.get(), "src"));
    spoil_packets(pad.get(), mount.faults);
  }
  auto* counted = new CountedFeed(mount.pacer, mount.camera, mount.clip, mount.find_clip,
                                  std::move(sources), mount.faults, mount.feeds);
  counted->feed.announce();
  g_object_set_data_full(G_OBJECT(media), "camsim-feed", counted,
                         [](gpointer feed) { delete static_cast<CountedFeed*>(feed); });
  const auto on_state = +[](GstRTSPMedia*, gint state, gpointer feed) {
    auto& paced = static_cast<CountedFeed*>(feed)->feed;
    state == GST_STATE_PLAYING ? paced.start() : paced.stop();
  };
  const auto on_unprepared =
      +[](GstRTSPMedia*, gpointer feed) { static_cast<CountedFeed*>(feed)->feed.stop(); };
  g_signal_connect(media, "new-state", G_CALLBACK(on_state), counted);
  g_signal_connect(media, "unprepared", G_CALLBACK(on_unprepared), counted);
}

Server::Server(Listen listen) : listen_(std::move(listen)) {}

Result<std::unique_ptr<Server>> Server::create(const Listen& listen,
                                               const std::vector<CameraSpec>& cameras,
                                               const Cache::Clips& clips,
                                               const FaultStates& faults) {
  std::unique_ptr<Server> server{new Server(listen)};
  server->server_ = Ref<GstRTSPServer>::adopt(gst_rtsp_server_new());
  GstRTSPServer* rtsp = server->server_.get();
  gst_rtsp_server_set_auth(rtsp, make_auth(cameras).get());
  gst_rtsp_server_set_thread_pool(rtsp, make_thread_pool().get());
  for (const CameraSpec& camera : cameras) {
    const auto clip = clips.find(Cache::key(camera));
    const auto state = faults.find(camera.id);
    server->add_camera(camera, clip == clips.end() ? nullptr : clip->second,
                       state == faults.end() ? nullptr : state->second);
  }

  auto source = serve(rtsp, listen);
  if (!source) return source.error();
  server->source_ = std::move(*source);
  server->cameras_ = cameras;
  server->listen_.port = gst_rtsp_server_get_bound_port(rtsp);
  return server;
}

Result<> Server::listen_tls(const Listen& listen, GTlsCertificate* certificate) {
  tls_server_ = Ref<GstRTSPServer>::adopt(gst_rtsp_server_new());
  GstRTSPServer* const rtsp = tls_server_.get();
  const auto points =
      Ref<GstRTSPMountPoints>::adopt(gst_rtsp_server_get_mount_points(server_.get()));
  const auto threads =
      Ref<GstRTSPThreadPool>::adopt(gst_rtsp_server_get_thread_pool(server_.get()));
  const auto auth = make_auth(cameras_);
  gst_rtsp_auth_set_tls_certificate(auth.get(), certificate);
  gst_rtsp_server_set_auth(rtsp, auth.get());
  gst_rtsp_server_set_mount_points(rtsp, points.get());
  gst_rtsp_server_set_thread_pool(rtsp, threads.get());
  auto source = serve(rtsp, listen);
  if (!source) return source.error();
  tls_source_ = std::move(*source);
  return Done{};
}

void Server::add_camera(const CameraSpec& camera, std::shared_ptr<const Clip> clip,
                        std::shared_ptr<FaultState> faults) {
  static const auto feeds = std::make_shared<std::atomic<int>>(0);
  const auto factory = make_shared_factory(make_launch_line(camera, clip.get()));
  int protocols = GST_RTSP_LOWER_TRANS_UDP | GST_RTSP_LOWER_TRANS_TCP;
  if (!camera.multicast.empty()) {
    protocols |= GST_RTSP_LOWER_TRANS_UDP_MCAST;
    gst_rtsp_media_factory_set_address_pool(factory.get(), pool_of(camera.multicast));
  }
  gst_rtsp_media_factory_set_protocols(factory.get(), static_cast<GstRTSPLowerTrans>(protocols));
  if (has_server_login(camera)) allow_users(factory.get());

  // The mounts are complete before the first client connects, and do not change.
  const auto find_clip = [this](const std::string& id) -> std::shared_ptr<const Clip> {
    for (const auto& mount : mounts_)
      if (mount->camera.id == id) return mount->clip;
    return nullptr;
  };
  mounts_.push_back(std::make_unique<Mount>(Mount{pacer_, camera, std::move(clip), feeds, find_clip,
                                                  faults ? faults : std::make_shared<FaultState>(),
                                                  faults != nullptr}));
  g_signal_connect(factory.get(), "media-configure", G_CALLBACK(configure_media),
                   mounts_.back().get());
  const auto points =
      Ref<GstRTSPMountPoints>::adopt(gst_rtsp_server_get_mount_points(server_.get()));
  auto given = factory;
  gst_rtsp_mount_points_add_factory(points.get(), ("/" + camera.id).c_str(), given.release());
}

GstRTSPAddressPool* Server::pool_of(const std::string& group) {
  Ref<GstRTSPAddressPool>& pool = pools_[group];
  if (!pool) {
    pool = Ref<GstRTSPAddressPool>::adopt(gst_rtsp_address_pool_new());
    gst_rtsp_address_pool_add_range(pool.get(), group.c_str(), group.c_str(), kGroupPorts.first,
                                    kGroupPorts.second, kGroupHops);
  }
  return pool.get();
}

Server::~Server() {
  for (GSource* source : {source_.get(), tls_source_.get()})
    if (source != nullptr) g_source_destroy(source);
  for (GstRTSPServer* server : {server_.get(), tls_server_.get()}) {
    if (server == nullptr) continue;
    gst_rtsp_server_client_filter(
        server, [](GstRTSPServer*, GstRTSPClient*, gpointer) { return GST_RTSP_FILTER_REMOVE; },
        nullptr);
  }
  const gint64 deadline = g_get_monotonic_time() + 3 * G_USEC_PER_SEC;
  while (!mounts_.empty() && *mounts_.front()->feeds > 0 && g_get_monotonic_time() < deadline) {
    while (g_main_context_iteration(nullptr, FALSE)) {
    }
    g_usleep(2000);
  }
}

} // namespace fanlight::camsim
