#include "api/routes.h"

#include <type_traits>
#include <utility>

#include "sdp/ice_fragment.h"

namespace fanlight::http {
namespace {

/// A handler that calls a method with the parameters of the route: one each, or all.
template <typename Feature, typename Method> Route::Handler to(Feature& feature, Method method) {
  return [&feature, method](const ExchangePtr& exchange, const Parameters& parameters) {
    using Id = const std::string&;
    if constexpr (std::is_invocable_v<Method, Feature&, const ExchangePtr&>)
      (feature.*method)(exchange);
    else if constexpr (std::is_invocable_v<Method, Feature&, const Parameters&, const ExchangePtr&>)
      (feature.*method)(parameters, exchange);
    else if constexpr (std::is_invocable_v<Method, Feature&, Id, const ExchangePtr&>)
      (feature.*method)(parameters.at(0), exchange);
    else
      (feature.*method)(parameters.at(0), parameters.at(1), exchange);
  };
}

} // namespace

std::vector<ServiceRoute> service_routes(const Features& features, const Limits& limits) {
  const auto& [rest, settings, layouts, signalling, whep, files] = features;
  using enum auth::Action;
  using enum Cors;
  constexpr auto anybody = std::nullopt;
  constexpr Methods no_method; // There is nothing.
  const BodyBound none;
  const BodyBound json{limits.settings, body_too_large(limits.settings), {}};
  // Many cameras: as much as the server reads of any body.
  const BodyBound list{limits.offer, body_too_large(limits.offer), {}};
  const BodyBound offer{limits.offer, body_too_large(limits.offer), "application/sdp"};
  const BodyBound fragment{sdp::IceFragment::kMaxSize,
                           {"fragment_too_large"_reason, "the fragment is too large"},
                           "application/trickle-ice-sdpfrag"};

  // clang-format off
  return {
      // What the server's own page asks for. Fixed names come before parameters.
      {kRead,     "/api/settings",                      configure, own,    none,     to(settings, &Settings::all)},
      {kPost,     "/api/reload",                        configure, own,    none,     to(settings, &Settings::reload)},
      {kPost,     "/api/cameras",                       configure, own,    json,     to(settings, &Settings::create)},
      {kPatch,    "/api/cameras",                       configure, own,    list,     to(settings, &Settings::import)},
      {kPut,      "/api/cameras/order",                 configure, own,    json,     to(settings, &Settings::order)},
      {kPost,     "/api/cameras/test",                  configure, own,    json,     to(settings, &Settings::test)},
      {kRead,     "/api/cameras/{camera}/settings",     configure, own,    none,     to(settings, &Settings::one)},
      {kPut,      "/api/cameras/{camera}/settings",     configure, own,    json,     to(settings, &Settings::replace)},
      {kDelete,   "/api/cameras/{camera}/settings",     configure, own,    none,     to(settings, &Settings::remove)},
      {kRead,     "/api/layouts",                       view,      own,    none,     to(layouts, &Layouts::all)},
      {kPost,     "/api/layouts",                       configure, own,    json,     to(layouts, &Layouts::create)},
      {kRead,     "/api/layouts/{layout}",              view,      own,    none,     to(layouts, &Layouts::one)},
      {kPut,      "/api/layouts/{layout}",              configure, own,    json,     to(layouts, &Layouts::replace)},
      {kDelete,   "/api/layouts/{layout}",              configure, own,    none,     to(layouts, &Layouts::remove)},
      // What any page that may watch asks for.
      {kRead,     "/api/cameras",                       view,      pages,  none,     to(rest, &Rest::cameras)},
      {kRead,     "/api/cameras/{camera}",              view,      pages,  none,     to(rest, &Rest::camera)},
      {kRead,     "/api/cameras/{camera}/pipeline.dot", inspect,   pages,  none,     to(rest, &Rest::pipeline_dot)},
      {kRead,     "/api/cameras/{camera}/pipeline.svg", inspect,   pages,  none,     to(rest, &Rest::pipeline_svg)},
      {kRead,     "/api/sessions",                      inspect,   pages,  none,     to(rest, &Rest::sessions)},
      {kRead,     "/api/sessions/{session}",            inspect,   pages,  none,     to(rest, &Rest::session)},
      {kRead,     "/api/server",                        inspect,   pages,  none,     to(rest, &Rest::server)},
      {kRead,     "/health",                            anybody,   pages,  none,     to(rest, &Rest::health)},
      {kRead,     "/ready",                             anybody,   pages,  none,     to(rest, &Rest::ready)},
      {kGet,      "/ws",                                view,      socket, none,     to(signalling, &Signalling::upgrade)},
      {kPost,     "/whep/{camera}",                     view,      pages,  offer,    to(whep, &Whep::open)},
      {kPatch,    "/whep/{camera}/{session}",           view,      pages,  fragment, to(whep, &Whep::patch)},
      {kDelete,   "/whep/{camera}/{session}",           view,      pages,  none,     to(whep, &Whep::remove)},
      {no_method, "/api/{path...}",                     anybody,   pages,  none,     {}},
      {no_method, "/whep/{path...}",                    anybody,   pages,  none,     {}},
      // The files hold no secrets, and a module that another page embeds is fetched by CORS.
      {kRead,     "/{file...}",                         anybody,   all,    none,     to(files, &StaticFiles::get)},
  };
  // clang-format on
}

} // namespace fanlight::http
