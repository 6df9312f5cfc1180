#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "gst/ref.h"

namespace fanlight::media {

/// The elements between one RTP stream of a camera and its tee. They live in the connection's bin.
struct Branch {
  std::vector<Ref<GstElement>> elements; ///< From the camera to the tee.
  Ref<GstPad> end;                       ///< What the tee gets.
};

/// Adds the elements for `encoding` to `bin` and links the first one to `pad`, but does not start
/// them. Errors of sound stop at its first element: rtspsrc would end the video, too. None: an
/// element is missing, which the log says for `camera`. On rtspsrc's thread.
std::optional<Branch> build_branch(GstBin* bin, GstPad* pad, const std::string& encoding,
                                   const std::string& camera);

/// The same for pictures that come as access units: nothing is between.
std::optional<Branch> direct_branch(GstPad* pad);

/// The encoding of a pad that gives out access units: "H264" or "H265"; empty: it does not.
std::string encoding_of_pictures(const GstCaps* caps);

/// Whether the message is from an element of a branch of sound, or of video.
bool is_of_sound(GstMessage* message);
bool is_of_video(GstMessage* message);

/// Drops all data at the beginning of the branch of sound that the message is from. Any thread.
void silence(GstMessage* message);

} // namespace fanlight::media
