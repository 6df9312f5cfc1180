#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "gst/ref.h"

namespace fanlight {

struct Drawing;

/// A GstPipeline that runs on the system clock from construction to destruction. Main watches its
/// bus.
///
/// Threads: main only. The destructor passes the pipeline to a worker, which stops it.
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
  /// Removes `element` in whatever state it is, and stops it on a worker; `what` names it in the
  /// log.
  void remove(GstElement* element, const std::string& what);
  /// A document for Graphviz, shared by all that asked for it. Errc::busy: too many drawings are in
  /// progress; internal: the drawing is too large.
  using Drawn = std::function<void(const Result<std::shared_ptr<const std::string>>&)>;
  /// Draws the graph with states and caps and without credentials, on a worker: a pipeline with a
  /// hundred webrtcbins takes a second. Calls during that time get the same drawing. Calls `done`
  /// on main in a later turn.
  void draw(Drawn done);
  GstBin* bin() const { return GST_BIN(pipeline_.get()); }
  const std::string& name() const { return name_; }

 private:
  const std::string name_;
  OnMessage on_message_;
  Ref<GstElement> pipeline_;
  guint bus_watch_ = 0;
  std::weak_ptr<Drawing> drawing_; ///< In progress.
};

/// How many drawings have begun since the start. Main only.
unsigned drawings_begun();

/// True if `object` is `ancestor` or inside it.
bool is_inside(GstObject* object, GstElement* ancestor);

/// The text of an error or warning message, with the debug detail appended, without credentials,
/// cut at 512 bytes.
std::string describe(GstMessage* message);

} // namespace fanlight
