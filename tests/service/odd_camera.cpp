#include "odd_camera.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace fanlight::test {

OddCamera::OddCamera(const std::string& real, std::vector<std::string> habits) {
  const auto host = real.find("://") + 3;
  const auto slash = real.find('/', host);
  path_ = real.substr(slash);
  const char* script = std::getenv("FANLIGHT_ODD_CAMERA");
  habits.insert(habits.begin(), {"python3", script != nullptr ? script : "odd_camera.py",
                                 real.substr(host, slash - host)});
  process_ = std::make_unique<Process>(std::move(habits));
  EXPECT_TRUE(process_->wait_output("\n")) << process_->output();
  const std::string said = process_->output();
  const auto begin = said.find("ready ") + 6;
  port_ = said.substr(begin, said.find('\n', begin) - begin);
}

std::string OddCamera::requests() const {
  const std::string said = process_->output();
  return said.substr(said.find('\n') + 1);
}

OwnCertificate::OwnCertificate(const std::string& folder, const std::string& host)
    : path(folder + "/" + host + ".pem") {
  Process made{{"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-keyout", path + ".key", "-out", path + ".cert", "-days", "2", "-subj",
                "/CN=camera", "-addext", "subjectAltName=IP:" + host}};
  EXPECT_EQ(made.wait_exit(), 0) << made.output();
  Process joined{{"sh", "-c", "cat '" + path + ".key' '" + path + ".cert' > '" + path + "'"}};
  EXPECT_EQ(joined.wait_exit(), 0) << joined.output();
  Process printed{{"openssl", "x509", "-in", path, "-noout", "-fingerprint", "-sha256"}};
  EXPECT_EQ(printed.wait_exit(), 0) << printed.output();
  const std::string said = printed.output();
  fingerprint = said.substr(said.find('=') + 1, 32 * 3 - 1);
}

} // namespace fanlight::test
