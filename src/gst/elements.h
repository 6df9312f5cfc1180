#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "gst/ref.h"

namespace fanlight {

/// Makes an element, named `name` or by GStreamer. Errc::internal names the Debian package that
/// should contain it.
Result<Ref<GstElement>> make_element(const char* factory, const std::string& name = {});

/// An element of that factory in `bin` or the bins inside it; null: there is none.
Ref<GstElement> find_element(GstElement* bin, const char* factory);

/// Loads Fanlight's own elements if GStreamer does not find them: from the build folder of the
/// running program, or from the folder of the installation. Returns the folder; empty: GStreamer
/// finds them.
std::string load_own_elements();

/// Elements that the service needs and GStreamer does not find, each with its package; empty if
/// none is missing.
std::vector<std::string> missing_elements();

} // namespace fanlight
