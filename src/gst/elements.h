#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "gst/ref.h"

namespace fanlight {

/// Makes an element, named `name` or by GStreamer; Errc::internal names the Debian package that
/// should hold it.
Result<Ref<GstElement>> make_element(const char* factory, const std::string& name = {});

/// Loads our own elements when GStreamer does not find them by itself: from the build tree of the
/// running binary, or from where they were installed. Returns the folder they were loaded from;
/// empty: GStreamer knows them.
std::string load_own_elements();

/// Elements the service needs that are not to be found, each with the package that holds it; empty
/// when all are there.
std::vector<std::string> missing_elements();

} // namespace fanlight
