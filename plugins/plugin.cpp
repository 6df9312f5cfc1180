#include <gst/gst.h>

#include "goptee/goptee.h"
#include "rtpaacdepay/rtpaacdepay.h"
#include "rtpadpcmdepay/rtpadpcmdepay.h"
#include "rtph26xdepay/rtph26xdepay.h"
#include "rtphdrextplayoutdelay/rtphdrextplayoutdelay.h"
#include "rtpssrcgate/rtpssrcgate.h"
#include "rtpstamper/rtpstamper.h"
#include "rtspdirectsrc/rtspdirectsrc.h"
#include "webrtcfanout/webrtcfanout.h"

static gboolean plugin_init(GstPlugin* plugin) {
  gboolean registered = GST_ELEMENT_REGISTER(goptee, plugin);
  registered &= GST_ELEMENT_REGISTER(rtpaacdepay, plugin);
  registered &= GST_ELEMENT_REGISTER(rtpadpcmdepay, plugin);
  registered &= GST_ELEMENT_REGISTER(rtph26xdepay, plugin);
  registered &= GST_ELEMENT_REGISTER(rtphdrextplayoutdelay, plugin);
  registered &= GST_ELEMENT_REGISTER(rtpssrcgate, plugin);
  registered &= GST_ELEMENT_REGISTER(rtpstamper, plugin);
  registered &= GST_ELEMENT_REGISTER(rtspdirectsrc, plugin);
  registered &= GST_ELEMENT_REGISTER(webrtcfanout, plugin);
  return registered;
}

#define PACKAGE "fanlight"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, fanlight,
                  "Elements of Fanlight: live streams to many viewers", plugin_init,
                  FANLIGHT_VERSION, GST_LICENSE_UNKNOWN, "Fanlight", GST_PACKAGE_ORIGIN)
