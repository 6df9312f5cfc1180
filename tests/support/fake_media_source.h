#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "webrtc/media_feed.h"

namespace fanlight::test {

/// A camera of which there is only a pipeline: it has what the test says, and writes down what it
/// feeds.
class FakeMediaSource : public webrtc::MediaSource {
 public:
  FakeMediaSource() : pipeline_(Ref<GstElement>::retain(gst_pipeline_new(nullptr))) {}
  ~FakeMediaSource() override { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  FakeMediaSource(const FakeMediaSource&) = delete;
  FakeMediaSource& operator=(const FakeMediaSource&) = delete;

  const std::string& camera_id() const override { return id_; }
  Result<std::unique_ptr<webrtc::MediaFeed>>
  attach(Ref<GstElement> bin, webrtc::MediaFeed::Observer& observer) override {
    gst_bin_add(GST_BIN(pipeline_.get()), bin.get());
    return std::unique_ptr<webrtc::MediaFeed>{
        std::make_unique<Feed>(*this, std::move(bin), observer)};
  }

  GstElement* pipeline() const { return pipeline_.get(); }
  /// The bin that was attached last.
  GstElement* bin() const { return observed_.back().first; }
  bool feeds(const std::string& stream, const std::string& encoding) const {
    return std::find(fed.begin(), fed.end(), stream + "-" + encoding) != fed.end();
  }
  /// An element of each bin reports an error.
  void fail(const std::string& why) const {
    const auto observed = observed_;
    for (const auto& [bin, observer] : observed) observer->on_feed_failed(why);
  }

  std::vector<std::string> encodings{"H264", "H265"}; ///< That it sends.
  std::vector<std::string> fed;                       ///< As "main-H264".
  std::uint64_t groups_dropped = 0;                   ///< By each bin.

 private:
  class Feed : public webrtc::MediaFeed {
   public:
    Feed(FakeMediaSource& source, Ref<GstElement> bin, Observer& observer)
        : source_(source), bin_(std::move(bin)) {
      source_.observed_.emplace_back(bin_.get(), &observer);
    }
    ~Feed() override {
      std::erase_if(source_.observed_, [&](const auto& is) { return is.first == bin_.get(); });
      for (const std::string& name : fed_) std::erase(source_.fed, name);
      gst_element_set_state(bin_.get(), GST_STATE_NULL);
      gst_bin_remove(GST_BIN(source_.pipeline_.get()), bin_.get());
    }
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    Result<Done> link(const std::string& stream, Codec codec, GstPad*) override {
      const std::string encoding = encoding_name(codec);
      const auto& sent = source_.encodings;
      if (std::find(sent.begin(), sent.end(), encoding) == sent.end())
        return Error{Errc::not_found, "stream " + stream + " has no " + encoding};
      fed_.push_back(stream + "-" + encoding);
      source_.fed.push_back(fed_.back());
      return Done{};
    }
    void unlink(const std::string& stream, Codec codec) override {
      const std::string name = stream + "-" + encoding_name(codec);
      std::erase(fed_, name);
      std::erase(source_.fed, name);
    }
    std::uint64_t bitrate(const std::string& stream) const override {
      return stream == "main" ? 8'800'000 : 300'000;
    }
    std::uint64_t groups_dropped() const override { return source_.groups_dropped; }

   private:
    FakeMediaSource& source_;
    const Ref<GstElement> bin_;
    std::vector<std::string> fed_;
  };

  const std::string id_ = "front";
  const Ref<GstElement> pipeline_;
  std::vector<std::pair<GstElement*, webrtc::MediaFeed::Observer*>> observed_;
};

} // namespace fanlight::test
