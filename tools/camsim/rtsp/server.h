#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gst/rtsp-server/rtsp-server.h>

#include "base/result.h"
#include "camsim/picture/cache.h"
#include "camsim/rtsp/pacer.h"
#include "camsim/setup/faults.h"
#include "camsim/setup/spec.h"

namespace fanlight::camsim {

/// The RTSP server with all of its cameras, each at rtsp://host:port/id.
///
/// Threads: main only; media run on the library's threads and the pacer's.
class Server {
 public:
  /// Starts to listen. Errc::unavailable if the address cannot be bound.
  static Result<std::unique_ptr<Server>> create(const Listen& listen,
                                                const std::vector<CameraSpec>& cameras,
                                                const Cache::Clips& clips,
                                                const FaultStates& faults);
  /// Also serves the same cameras by RTSPS at another address. Errc::unavailable as above.
  Result<> listen_tls(const Listen& listen, GTlsCertificate* certificate);
  /// Disconnects all clients and waits until their media have ended, 3 s at most.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const { return listen_.port; }
  int tls_port() const { return gst_rtsp_server_get_bound_port(tls_server_.get()); }

 private:
  struct Mount; ///< One camera: the data for its media.

  explicit Server(Listen listen);
  void add_camera(const CameraSpec& camera, std::shared_ptr<const Clip> clip,
                  std::shared_ptr<FaultState> faults);
  /// Cameras may share a group; each has its own ports.
  GstRTSPAddressPool* pool_of(const std::string& group);
  static void configure_media(GstRTSPMediaFactory*, GstRTSPMedia* media, gpointer mount);

  Listen listen_;
  Pacer pacer_;
  std::vector<std::unique_ptr<Mount>> mounts_;
  std::vector<CameraSpec> cameras_;
  std::map<std::string, Ref<GstRTSPAddressPool>> pools_; ///< By group.
  Ref<GstRTSPServer> server_;
  Ref<GstRTSPServer> tls_server_; ///< Null: no RTSPS.
  Owned<GSource, g_source_unref> source_;
  Owned<GSource, g_source_unref> tls_source_;
};

} // namespace fanlight::camsim
