#include "webrtc/fanout.h"

#include <vector>

#include "gst/elements.h"
#include "gst/pipeline.h"
#include "webrtc/payloader.h"

namespace fanlight::webrtc {
namespace {

/// Applies the settings that are the same for all cameras: elements with equal settings share a
/// port.
void configure(GstElement* fanout, const config::WebRtc& config) {
  const guint port = config.port != 0 ? config.port : config.udp_port_min;
  std::vector<const gchar*> addresses;
  for (const std::string& address : config.public_addresses) addresses.push_back(address.c_str());
  addresses.push_back(nullptr);
  g_object_set(fanout, "port", port, "tcp", gboolean{config.tcp}, "workers", guint{config.workers},
               "public-addresses", addresses.data(),
               // The tee would answer with the cached group, which goes to all subscribers.
               "forward-key-requests", FALSE, nullptr);
}

Error port_error(const config::WebRtc& config, const std::string& why) {
  const bool of_range = config.port == 0 && config.udp_port_min != 0;
  const bool any = config.port == 0 && !of_range;
  const std::vector<Reason::Value> values{{"key", of_range ? "webrtc.udp_ports" : "webrtc.port"},
                                          {"detail", why}};
  if (any) return {Errc::unavailable, Reason{"port_unavailable"_reason, "{key}: {detail}", values}};
  return {Errc::unavailable,
          Reason{"port_taken"_reason,
                 "{key}: {detail}; stop the program that uses the port (`ss -lntup` shows it), or "
                 "set webrtc.port to a free port",
                 values}};
}

} // namespace

Result<std::shared_ptr<Fanout>> Fanout::create(const config::WebRtc& config) {
  auto element = make_element("webrtcfanout", "fanout");
  if (!element) return element.error();
  configure(element->get(), config);
  auto bin = Ref<GstElement>::retain(gst_bin_new("fanout"));
  gst_bin_add(GST_BIN(bin.get()), element->get());
  std::shared_ptr<Fanout> fanout{new Fanout(std::move(bin), std::move(*element))};
  fanout->states_ = connect_on_main(fanout->element(), "viewer-state", std::weak_ptr{fanout},
                                    &Fanout::on_viewer_state);
  return fanout;
}

Fanout::Fanout(Ref<GstElement> bin, Ref<GstElement> element)
    : bin_(std::move(bin)), element_(std::move(element)) {}

Result<Fanout::Input> Fanout::input(const std::string& stream, const RtpFormat& format) {
  const auto codec = codec_of(format.encoding);
  if (!codec) return Error{Errc::internal, "there is no payloader for " + format.encoding};
  if (const auto known = inputs_.find({stream, *codec}); known != inputs_.end())
    return known->second;
  const bool is_video = kind_of(*codec) == MediaKind::video;
  auto payloader = make_shared_payloader(*codec);
  if (!payloader) return payloader.error();
  gst_bin_add(GST_BIN(bin_.get()), payloader->get());
  auto output = Ref<GstPad>::adopt(
      gst_element_request_pad_simple(element_.get(), is_video ? "video_%u" : "audio_%u"));
  auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(payloader->get(), "src"));
  if (!output || gst_pad_link(source.get(), output.get()) != GST_PAD_LINK_OK)
    return Error{Errc::internal, "linking " + stream + "-" + format.encoding + " to webrtcfanout"};
  const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(payloader->get(), "sink"));
  GstPad* ghost = gst_ghost_pad_new(("sink_" + std::to_string(inputs_.size())).c_str(), sink.get());
  gst_pad_set_active(ghost, TRUE);
  gst_element_add_pad(bin_.get(), ghost);
  gst_element_sync_state_with_parent(payloader->get());
  Input input{Ref<GstPad>::retain(ghost), take_string(gst_pad_get_name(output.get()))};
  return inputs_.emplace(std::pair{stream, *codec}, std::move(input)).first->second;
}

Result<Ref<GstElement>> Fanout::open_port(const config::WebRtc& config) {
  auto element = make_element("webrtcfanout");
  if (!element) return element.error();
  configure(element->get(), config);
  const auto bus = Ref<GstBus>::adopt(gst_bus_new());
  gst_element_set_bus(element->get(), bus.get());
  const bool opened =
      gst_element_set_state(element->get(), GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
  // Its messages refer to the element, which refers to the bus.
  gst_element_set_bus(element->get(), nullptr);
  if (opened) return element;
  const auto message = Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
  gst_element_set_state(element->get(), GST_STATE_NULL);
  return port_error(config, message ? fanlight::describe(message.get())
                                    : std::string{"webrtcfanout cannot open its port"});
}

void Fanout::listen(const std::string& id, std::weak_ptr<Listener> listener) {
  listeners_[id] = std::move(listener);
}

void Fanout::forget(const std::string& id) { listeners_.erase(id); }

void Fanout::on_viewer_state(std::string id, std::string state, std::string message) {
  const auto found = listeners_.find(id);
  if (found == listeners_.end()) return;
  if (const auto listener = found->second.lock()) listener->on_fanout_state(state, message);
}

} // namespace fanlight::webrtc
