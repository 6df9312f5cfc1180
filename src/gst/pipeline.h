#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "gst/ref.h"

namespace fanlight {

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
  /// The graph for Graphviz, with states and caps; credentials replaced.
  std::string dot() const;
  GstBin* bin() const { return GST_BIN(pipeline_.get()); }
  const std::string& name() const { return name_; }

 private:
  const std::string name_;
  OnMessage on_message_;
  Ref<GstElement> pipeline_;
  guint bus_watch_ = 0;
};

/// True when `object` is `ancestor` or somewhere inside it.
bool is_inside(GstObject* object, GstElement* ancestor);

/// The message of an error or warning message: what GStreamer says, with the debug detail appended.
std::string describe(GstMessage* message);

} // namespace fanlight
