#include "camsim/rtsp/auth.h"

#include <cstring>

namespace {

using fanlight::Ref;

using CameraAuths = std::map<std::string, Ref<GstRTSPAuth>>; // By path, e.g. "/front".

constexpr const char* kRole = "user";

/// The library supports one scheme and one list of users per server; this class delegates each
/// request to the GstRTSPAuth of its camera.
struct CamsimAuth {
  GstRTSPAuth parent;
  CameraAuths* cameras;
};
struct CamsimAuthClass {
  GstRTSPAuthClass parent;
};

G_DEFINE_TYPE(CamsimAuth, camsim_auth, GST_TYPE_RTSP_AUTH)

/// The GstRTSPAuth for `/front` or `/front/stream=0`; null if the camera is open or does not exist.
GstRTSPAuth* camera_auth(CamsimAuth* self, GstRTSPContext* context) {
  if (context->uri == nullptr || context->uri->abspath == nullptr) return nullptr;
  std::string path = context->uri->abspath;
  if (const auto slash = path.find('/', 1); slash != std::string::npos) path.resize(slash);
  const auto found = self->cameras->find(path);
  return found == self->cameras->end() ? nullptr : found->second.get();
}

gboolean camsim_auth_check(GstRTSPAuth* auth, GstRTSPContext* context, const gchar* check) {
  // When a connection begins, TLS is set up if there is a certificate; the camera is not known yet.
  if (g_str_equal(check, GST_RTSP_AUTH_CHECK_CONNECT))
    return GST_RTSP_AUTH_CLASS(camsim_auth_parent_class)->check(auth, context, check);
  auto* self = reinterpret_cast<CamsimAuth*>(auth);
  GstRTSPAuth* camera = camera_auth(self, context);
  if (camera == nullptr) return TRUE;
  return GST_RTSP_AUTH_GET_CLASS(camera)->check(camera, context, check);
}

void camsim_auth_finalize(GObject* object) {
  delete reinterpret_cast<CamsimAuth*>(object)->cameras;
  G_OBJECT_CLASS(camsim_auth_parent_class)->finalize(object);
}

void camsim_auth_class_init(CamsimAuthClass* klass) {
  GST_RTSP_AUTH_CLASS(klass)->check = camsim_auth_check;
  G_OBJECT_CLASS(klass)->finalize = camsim_auth_finalize;
}

void camsim_auth_init(CamsimAuth* self) { self->cameras = new CameraAuths; }

} // namespace

namespace fanlight::camsim {

Ref<GstRTSPAuth> make_auth(const std::vector<CameraSpec>& cameras) {
  auto auth = Ref<GstRTSPAuth>::adopt(GST_RTSP_AUTH(g_object_new(camsim_auth_get_type(), nullptr)));
  auto& auths = *reinterpret_cast<CamsimAuth*>(auth.get())->cameras;
  for (const CameraSpec& camera : cameras) {
    if (!has_server_login(camera)) continue;
    auto one = Ref<GstRTSPAuth>::adopt(gst_rtsp_auth_new());
    GstRTSPToken* token =
        gst_rtsp_token_new(GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, kRole, nullptr);
    if (camera.auth == Auth::basic) {
      const std::string basic =
          take_string(gst_rtsp_auth_make_basic(camera.user.c_str(), camera.password.c_str()));
      gst_rtsp_auth_set_supported_methods(one.get(), GST_RTSP_AUTH_BASIC);
      gst_rtsp_auth_add_basic(one.get(), basic.c_str(), token);
    } else {
      gst_rtsp_auth_set_supported_methods(one.get(), GST_RTSP_AUTH_DIGEST);
      gst_rtsp_auth_add_digest(one.get(), camera.user.c_str(), camera.password.c_str(), token);
    }
    gst_rtsp_token_unref(token);
    gst_rtsp_auth_set_realm(one.get(), "fanlight-camsim");
    auths.emplace("/" + camera.id, std::move(one));
  }
  return auth;
}

bool has_server_login(const CameraSpec& camera) {
  return camera.auth == Auth::basic || camera.auth == Auth::digest;
}

void allow_users(GstRTSPMediaFactory* factory) {
  gst_rtsp_media_factory_add_role(factory, kRole, GST_RTSP_PERM_MEDIA_FACTORY_ACCESS,
                                  G_TYPE_BOOLEAN, TRUE, GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT,
                                  G_TYPE_BOOLEAN, TRUE, nullptr);
}

} // namespace fanlight::camsim
