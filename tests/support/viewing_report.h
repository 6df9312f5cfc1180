#pragma once

#include <memory>
#include <string>
#include <vector>

#include "viewer.h"

/// What whep-viewer prints: one line an event, in words or as JSON.
namespace fanlight::support {

class ViewingReport {
 public:
  explicit ViewingReport(bool json) : json_(json) {}

  /// Prints what is new of `viewer`: answered, refused, connected, first picture, failed.
  void tell(const Viewer& viewer);
  /// The last lines: each viewer, and all of them together where there are several.
  void summary(const std::vector<std::shared_ptr<Viewer>>& viewers, double seconds);

 private:
  struct Told {
    bool answered = false;
    bool connected = false;
    bool first_picture = false;
    bool ended = false;
  };
  class Line;

  void tell_of(const Viewer& viewer);

  const bool json_;
  std::vector<Told> told_; // By the number of the viewer.
};

} // namespace fanlight::support
