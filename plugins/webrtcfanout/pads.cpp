#include "pads.h"

#include <memory>
#include <string>

#include <gst/video/video-event.h>

#include "element.h"

GST_DEBUG_CATEGORY_EXTERN(gst_webrtcfanout_debug);
#define GST_CAT_DEFAULT gst_webrtcfanout_debug

namespace fanlight::fanout {
namespace {

GstStaticPadTemplate video_template = GST_STATIC_PAD_TEMPLATE(
    "video_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS("application/x-rtp, media=video, clock-rate=(int)[1, MAX]"));
GstStaticPadTemplate audio_template = GST_STATIC_PAD_TEMPLATE(
    "audio_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS("application/x-rtp, media=audio, clock-rate=(int)[1, MAX]"));

using InputPtr = std::shared_ptr<Input>;

const InputPtr& input_of(GstPad* pad) {
  return *static_cast<InputPtr*>(g_object_get_data(G_OBJECT(pad), "input"));
}

GstFlowReturn chain(GstPad* pad, GstObject* parent, GstBuffer* buffer) {
  input_of(pad)->push(GST_ELEMENT(parent), buffer);
  gst_buffer_unref(buffer);
  return GST_FLOW_OK;
}

GstFlowReturn chain_list(GstPad* pad, GstObject* parent, GstBufferList* list) {
  const InputPtr& input = input_of(pad);
  const guint count = gst_buffer_list_length(list);
  for (guint i = 0; i < count; ++i) input->push(GST_ELEMENT(parent), gst_buffer_list_get(list, i));
  gst_buffer_list_unref(list);
  return GST_FLOW_OK;
}

/// Like other sinks: reports EOS to the application when all pads have received it.
void at_end(GstWebrtcFanout* self, GstPad* pad) {
  bool all = true;
  GST_OBJECT_LOCK(self);
  input_of(pad)->at_end = true;
  for (GList* entry = GST_ELEMENT(self)->sinkpads; entry != nullptr; entry = entry->next)
    all = all && input_of(GST_PAD(entry->data))->at_end;
  GST_OBJECT_UNLOCK(self);
  if (all) gst_element_post_message(GST_ELEMENT(self), gst_message_new_eos(GST_OBJECT(self)));
}

gboolean on_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  const InputPtr& input = input_of(pad);
  gboolean handled = TRUE;
  switch (GST_EVENT_TYPE(event)) {
  case GST_EVENT_CAPS: {
    GstCaps* caps = nullptr;
    gst_event_parse_caps(event, &caps);
    handled = input->set_caps(caps);
    if (!handled)
      GST_WARNING_OBJECT(pad, "refuses caps %" GST_PTR_FORMAT, static_cast<void*>(caps));
    // The viewers' answers contain the previous format; viewers that reconnect get the new one.
    if (handled && input->format_changed())
      GST_WEBRTCFANOUT(parent)->state->fanout->end_subscribers_of(
          *input,
          "the stream " + input->name() + " changed its format to " + input->format()->encoding);
    break;
  }
  case GST_EVENT_SEGMENT: {
    const GstSegment* segment = nullptr;
    gst_event_parse_segment(event, &segment);
    input->set_segment(*segment);
    break;
  }
  case GST_EVENT_STREAM_START:
  case GST_EVENT_FLUSH_STOP:
    GST_OBJECT_LOCK(parent);
    input->at_end = false;
    GST_OBJECT_UNLOCK(parent);
    break;
  case GST_EVENT_EOS: at_end(GST_WEBRTCFANOUT(parent), pad); break;
  default: break;
  }
  gst_event_unref(event);
  return handled;
}

/// A viewer misses a key frame: asks the source for one, on the control thread.
void ask_for_key(GstWebrtcFanout* self, const std::string& pad_name) {
  GST_OBJECT_LOCK(self);
  const bool wanted = self->state->forward_key_requests;
  GST_OBJECT_UNLOCK(self);
  const auto transport = self->state->fanout->transport();
  if (!wanted || !transport) return;
  transport->on_control([element = std::make_shared<WeakElement>(self), pad_name] {
    GstElement* const target = GST_ELEMENT(g_weak_ref_get(&element->ref));
    if (target == nullptr) return;
    if (GstPad* const pad = gst_element_get_static_pad(target, pad_name.c_str())) {
      gst_pad_push_event(pad,
                         gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
      gst_object_unref(pad);
    }
    gst_object_unref(target);
  });
}

/// Call it with the object lock held.
bool has_pad(GstElement* element, const std::string& name) {
  for (GList* entry = element->sinkpads; entry != nullptr; entry = entry->next)
    if (name == GST_OBJECT_NAME(entry->data)) return true;
  return false;
}

GstPad* request_new_pad(GstElement* element, GstPadTemplate* pad_template, const gchar* name,
                        const GstCaps*) {
  GstWebrtcFanout* const self = GST_WEBRTCFANOUT(element);
  const bool video = g_str_has_prefix(GST_PAD_TEMPLATE_NAME_TEMPLATE(pad_template), "video");
  GST_OBJECT_LOCK(self);
  std::string own = name != nullptr ? name : "";
  while (own.empty() || (name == nullptr && has_pad(element, own)))
    own = (video ? "video_" : "audio_") + std::to_string(self->state->next_pad++);
  const History::Bounds bounds = self->state->history;
  GST_OBJECT_UNLOCK(self);

  auto input = std::make_shared<Input>(own, video, bounds);
  input->stream()->on_key_wanted([weak = std::make_shared<WeakElement>(self), own] {
    auto* const target = static_cast<GstWebrtcFanout*>(g_weak_ref_get(&weak->ref));
    if (target == nullptr) return;
    ask_for_key(target, own);
    gst_object_unref(target);
  });
  GstPad* const pad = gst_pad_new_from_template(pad_template, own.c_str());
  g_object_set_data_full(G_OBJECT(pad), "input", new InputPtr(input),
                         [](gpointer data) { delete static_cast<InputPtr*>(data); });
  gst_pad_set_chain_function(pad, chain);
  gst_pad_set_chain_list_function(pad, chain_list);
  gst_pad_set_event_function(pad, on_event);
  gst_pad_set_active(pad, TRUE);
  if (!gst_element_add_pad(element, pad)) return nullptr; // A pad of that name exists.
  self->state->fanout->add_input(std::move(input));
  return pad;
}

void release_pad(GstElement* element, GstPad* pad) {
  GST_WEBRTCFANOUT(element)->state->fanout->remove_input(input_of(pad));
  gst_pad_set_active(pad, FALSE);
  gst_element_remove_pad(element, pad);
}

} // namespace

void install_pads(GstElementClass* klass) {
  klass->request_new_pad = request_new_pad;
  klass->release_pad = release_pad;
  gst_element_class_add_static_pad_template(klass, &video_template);
  gst_element_class_add_static_pad_template(klass, &audio_template);
}

} // namespace fanlight::fanout
