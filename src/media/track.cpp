#include "media/track.h"

#include <algorithm>
#include <utility>

#include "gst/elements.h"
#include "media/sink_bins.h"

namespace fanlight::media {

// ---- Subscription ----

struct Subscription::Held {
  Held(std::shared_ptr<Track> subscribed, std::shared_ptr<Track::Producer> feeder, Sink& feeds)
      : track(std::move(subscribed)), producer(std::move(feeder)), sink(feeds) {
    want(true);
  }
  ~Held() {
    if (pad) gst_element_release_request_pad(track->tee(), pad.get());
    if (pad) release();
    place.reset();
    want(false);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  void want(bool now) {
    if (std::exchange(wanted, now) != now) track->count_demand(now);
  }
  /// Ends what start_making() began for this subscription.
  void release() {
    if (--track->fed_ == 0) producer->stop_making();
  }

  const std::shared_ptr<Track> track;
  // Kept because it must still be told that demand ends.
  const std::shared_ptr<Track::Producer> producer;
  Sink& sink;
  Token place;
  Ref<GstPad> pad; // Of the tee; null: the sink is not fed yet.
  bool wanted = false;
};

Subscription::Subscription(std::unique_ptr<Held> held) : held_(std::move(held)) {}
Subscription::Subscription(Subscription&&) noexcept = default;
Subscription& Subscription::operator=(Subscription&&) noexcept = default;
Subscription::~Subscription() = default;

Result<Done> Subscription::feed() {
  if (held_->pad) return Done{};
  const Track& track = *held_->track;
  auto input = held_->sink.pad_for(track.info());
  if (!input) return input.error();
  if (!*input) return Done{};
  if (auto started = held_->producer->start_making(); !started) return started.error();
  ++held_->track->fed_;
  auto output = Ref<GstPad>::adopt(gst_element_request_pad_simple(track.tee(), "src_%u"));
  // The tee may still have the caps of another codec, which the camera sent before; the sink gets
  // the new ones with the first data.
  if (!output || gst_pad_link_full(output.get(), input->get(), GST_PAD_LINK_CHECK_TEMPLATE_CAPS) !=
                     GST_PAD_LINK_OK) {
    if (output) gst_element_release_request_pad(track.tee(), output.get());
    held_->release();
    return Error{Errc::internal,
                 "linking " + track.info().id + " to " + GST_OBJECT_NAME(held_->sink.bin())};
  }
  held_->pad = std::move(output);
  return Done{};
}

void Subscription::set_wanted(bool wanted) { held_->want(wanted); }

std::uint64_t Subscription::groups_dropped() const {
  guint64 dropped = 0;
  if (held_->pad) g_object_get(held_->pad.get(), "dropped-groups", &dropped, nullptr);
  return dropped;
}

// ---- Track ----

Result<std::shared_ptr<Track>> Track::create(TrackInfo info, SinkBins& bins,
                                             std::weak_ptr<Producer> producer) {
  auto tee = make_element("goptee", "tee-" + info.id);
  if (!tee) return tee.error();
  if (auto added = bins.pipeline().add(tee->get()); !added) return added.error();
  if (info.kind == MediaKind::video)
    g_object_set(tee->get(), "restamp", TRUE, "drop-b-frames", TRUE, nullptr);
  return std::shared_ptr<Track>{
      new Track(std::move(info), bins, std::move(producer), std::move(*tee))};
}

Track::Track(TrackInfo info, SinkBins& bins, std::weak_ptr<Producer> producer, Ref<GstElement> tee)
    : bins_(bins), producer_(std::move(producer)), info_(std::move(info)), tee_(std::move(tee)) {}

Ref<GstPad> Track::input() const {
  return Ref<GstPad>::adopt(gst_element_get_static_pad(tee_.get(), "sink"));
}

Result<Subscription> Track::subscribe(Sink& sink) {
  const auto producer = producer_.lock();
  if (!producer) return Error{Errc::unavailable, "the camera of " + info_.id + " was removed"};
  if (!info_.codec) return Error{Errc::not_found, info_.id + ": the camera sends no sound"};
  // From here on, an error ends the subscription like its destructor.
  Subscription subscription{
      std::make_unique<Subscription::Held>(shared_from_this(), producer, sink)};
  auto place = bins_.enter(sink);
  if (!place) return place.error();
  subscription.held_->place = std::move(*place);
  if (auto fed = subscription.feed(); !fed) return fed.error();
  return subscription;
}

Token Track::observe(TrackObserver& observer) {
  observers_.push_back(&observer);
  return Token{[weak = weak_from_this(), &observer] {
    const auto self = weak.lock();
    if (!self) return;
    auto& all = self->observers_;
    all.erase(std::remove(all.begin(), all.end(), &observer), all.end());
  }};
}

void Track::set_state(TrackState state, const Reason& reason) {
  if (state == info_.state && reason == info_.reason) return;
  info_.state = state;
  info_.reason = reason;
  notify();
}

void Track::set_format(std::optional<Codec> codec, std::optional<TrackFormat> format) {
  if (codec == info_.codec && format == info_.format) return;
  info_.codec = codec;
  info_.format = std::move(format);
  notify();
}

void Track::count_demand(bool wanted) {
  const bool told = wanted ? wanted_++ == 0 : --wanted_ == 0;
  const auto producer = producer_.lock();
  if (told && producer) producer->on_demand(wanted);
}

void Track::notify() {
  const auto self = shared_from_this(); // An observer may drop the last reference.
  const auto observers = observers_;
  for (TrackObserver* observer : observers)
    if (std::find(observers_.begin(), observers_.end(), observer) != observers_.end())
      observer->on_track_changed(*this);
}

} // namespace fanlight::media
