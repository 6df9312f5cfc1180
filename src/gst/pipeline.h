#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "gst/ref.h"

namespace fanlight {

struct Drawing;

/// A GstPipeline that runs from construction to destruction on the system clock, its bus watched on
/// main.
///
/// Threads: main only. Destruction hands the pipeline to a worker, which stops it.
class Pipeline {
 public:
  /// Called on main for every error, warning, EOS and element message.
  using OnMessage = std::function<void(GstMessage*)>;

  Pipeline(const std::string& name, OnMessage on_message);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  void start();
  /// Adds `element` and brings it to the pipeline's state.
  Result<Done> add(GstElement* element);
  /// Takes `element` out, whatever it is doing, and stops it on a worker; `what` names it in the
  /// log.
  void remove(GstElement* element, const std::string& what);
  /// A document for Graphviz that all who asked for it share. Errc::busy: too many pipelines are
  /// being drawn; internal: it is too large.
  using Drawn = std::function<void(const Result<std::shared_ptr<const std::string>>&)>;
  /// Draws the graph with states and caps, credentials replaced, on a worker: a pipeline with a
  /// hundred webrtcbins takes a second. Who asks while it is being drawn gets the same drawing.
  /// `done` comes on main in a later turn.
  void draw(Drawn done);
  GstBin* bin() const { return GST_BIN(pipeline_.get()); }
  const std::string& name() const { return name_; }

 private:
  const std::string name_;
  OnMessage on_message_;
  Ref<GstElement> pipeline_;
  guint bus_watch_ = 0;
  std::weak_ptr<Drawing> drawing_; ///< Under way.
};

/// How many drawings have been begun since the start. Main only.
unsigned drawings_begun();

/// True when `object` is `ancestor` or somewhere inside it.
bool is_inside(GstObject* object, GstElement* ancestor);

/// The message of an error or warning message: what GStreamer says, with the debug detail appended;
/// without credentials, and cut behind 512 bytes.
std::string describe(GstMessage* message);

} // namespace fanlight
