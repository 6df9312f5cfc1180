#pragma once

#include <algorithm>
#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "dtls_client.h"
#include "webrtcfanout/dtls/dtls.h"

namespace fanlight::fanout {

inline const ViewerIdentity& viewer() {
  static const ViewerIdentity identity;
  return identity;
}

inline std::shared_ptr<const Certificate> certificate() {
  std::string why;
  static const auto made = Certificate::create(why);
  EXPECT_TRUE(made) << why;
  return made;
}

/// A viewer by OpenSSL, the element's end, and the path between them.
class DtlsTest : public testing::Test {
 protected:
  /// What becomes of the n-th datagram, counted over both ways: how many copies arrive, and whether
  /// they overtake the one before.
  struct Fate {
    int copies = 1;
    bool early = false;
  };

  void make(DtlsClient::Options options, const std::string& fingerprint) {
    std::string why;
    server_ = DtlsServer::create(
        certificate(), fingerprint, [this](Bytes datagram) { post(to_client_, datagram); }, why);
    ASSERT_TRUE(server_) << why;
    client_ = std::make_unique<DtlsClient>(options,
                                           [this](Bytes datagram) { post(to_server_, datagram); });
  }
  void make() { make({.identity = &viewer()}, viewer().fingerprint()); }

  void post(std::deque<Octets>& queue, Bytes datagram) {
    EXPECT_LE(datagram.size(), 1200U);
    const Fate fate = fate_(posted_++);
    for (int i = 0; i < fate.copies; ++i) {
      const Octets copy(datagram.begin(), datagram.end());
      if (fate.early && !queue.empty())
        queue.insert(queue.end() - 1, copy);
      else
        queue.push_back(copy);
    }
  }

  /// Delivers what is under way and what that brings about.
  void deliver() {
    while (!to_server_.empty() || !to_client_.empty()) {
      while (!to_server_.empty()) {
        const Octets datagram = to_server_.front();
        to_server_.pop_front();
        heard_.push_back(datagram);
        if (server_->receive(datagram)) ++lost_flights_;
      }
      while (!to_client_.empty()) {
        const Octets datagram = to_client_.front();
        to_client_.pop_front();
        client_->receive(datagram);
      }
    }
  }

  bool done() const {
    return server_->state() != DtlsServer::State::handshaking && client_->connected();
  }

  /// Until both are connected or there is nothing left to wait for; retransmits as is due.
  void shake_hands() {
    client_->start();
    deliver();
    while (!done() && server_->state() != DtlsServer::State::failed && client_->error().empty()) {
      int wait_ms = client_->timeout_ms().value_or(60000);
      if (const auto due = server_->timeout())
        wait_ms = std::min(wait_ms, static_cast<int>(due->count()));
      ASSERT_LT(wait_ms, 60000) << "nobody would ever send again";
      poll(nullptr, 0, wait_ms);
      server_->on_timeout();
      client_->on_timeout();
      deliver();
    }
  }

  void expect_same_keys() {
    const auto same = [](const SrtpKey& a, const SrtpKey& b) {
      return a.profile == b.profile && a.key == b.key && a.salt == b.salt;
    };
    ASSERT_EQ(server_->state(), DtlsServer::State::connected) << server_->error();
    ASSERT_TRUE(client_->connected()) << client_->error();
    EXPECT_TRUE(same(server_->sending_key(), client_->receiving_key()));
    EXPECT_TRUE(same(server_->receiving_key(), client_->sending_key()));
    EXPECT_FALSE(same(server_->receiving_key(), server_->sending_key()));
  }

  std::function<Fate(int)> fate_ = [](int) { return Fate{}; };
  int posted_ = 0;
  int lost_flights_ = 0; ///< That the server knows of.
  std::deque<Octets> to_server_;
  std::deque<Octets> to_client_;
  std::vector<Octets> heard_; ///< All that the server has received.
  std::unique_ptr<DtlsServer> server_;
  std::unique_ptr<DtlsClient> client_;
};

} // namespace fanlight::fanout
