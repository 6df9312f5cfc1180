#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/field.h"

/// Every key of the configuration, in the order of config/fanlight.yaml.
namespace fanlight::config {

template <> std::span<const Field<Config>> fields();
template <> std::span<const Field<Server>> fields();
template <> std::span<const Field<Data>> fields();
template <> std::span<const Field<Tls>> fields();
template <> std::span<const Field<Embed>> fields();
template <> std::span<const Field<Camera>> fields();
template <> std::span<const Field<Stream>> fields();
template <> std::span<const Field<WebRtc>> fields();
template <> std::span<const Field<IceServer>> fields();
template <> std::span<const Field<Logging>> fields();

/// Those keys of a stream that may also stand at its camera, for all of its streams.
std::span<const Field<Stream>> common_fields();

} // namespace fanlight::config
