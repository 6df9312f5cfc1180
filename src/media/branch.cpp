#include "media/branch.h"

#include <algorithm>

#include "media/camera.h"

namespace fanlight::media {

Branch::Branch(Camera& camera, Ref<GstElement> bin, Observer& observer)
    : camera_(camera), observer_(observer), bin_(std::move(bin)) {}

Branch::~Branch() {
  for (const Feed& feed : feeds_) end(feed);
  camera_.end_branch(*this);
}

void Branch::end(const Feed& feed) {
  gst_element_release_request_pad(feed.tee.get(), feed.pad.get());
  if (feed.transcoded) feed.intake->release_transcoder();
}

Result<Done> Branch::link(const std::string& stream, const std::string& encoding, GstPad* sink) {
  Intake* const intake = camera_.find(stream);
  if (intake == nullptr)
    return Error{Errc::not_found, "camera " + camera_.config().id + " has no stream " + stream};
  auto tee = intake->tee_for(encoding);
  if (!tee) return tee.error();
  auto pad = Ref<GstPad>::adopt(gst_element_request_pad_simple(tee->element.get(), "src_%u"));
  if (!pad || gst_pad_link(pad.get(), sink) != GST_PAD_LINK_OK) {
    if (pad) gst_element_release_request_pad(tee->element.get(), pad.get());
    if (tee->transcoded) intake->release_transcoder();
    return Error{Errc::internal, "linking " + encoding + " to " + GST_OBJECT_NAME(bin_.get())};
  }
  feeds_.push_back(
      {intake->shared_from_this(), encoding, tee->element, std::move(pad), tee->transcoded});
  return Done{};
}

void Branch::unlink(const std::string& stream, const std::string& encoding) {
  const auto found = std::find_if(feeds_.begin(), feeds_.end(), [&](const Feed& feed) {
    return feed.intake->id() == stream && feed.encoding == encoding;
  });
  if (found == feeds_.end()) return;
  end(*found);
  feeds_.erase(found);
}

std::uint64_t Branch::groups_dropped() const {
  std::uint64_t total = 0;
  for (const Feed& feed : feeds_) {
    guint64 dropped = 0;
    g_object_get(feed.pad.get(), "dropped-groups", &dropped, nullptr);
    total += dropped;
  }
  return total;
}

} // namespace fanlight::media
