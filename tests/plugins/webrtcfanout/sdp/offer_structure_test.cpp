#include "webrtcfanout/sdp/offer_structure.h"

#include <memory>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class OfferStructureTest : public testing::Test {
 protected:
  using Structure = std::unique_ptr<GstStructure, decltype(&gst_structure_free)>;

  void SetUp() override {
    gst_init(nullptr, nullptr);
    add_media(video());
    add_media(audio());
  }

  static Structure video() {
    return Structure{gst_structure_new("video", "mid", G_TYPE_STRING, "0", "payload-type",
                                       G_TYPE_INT, 96, "encoding", G_TYPE_STRING, "h264",
                                       "clock-rate", G_TYPE_INT, 90000, "rtx-payload-type",
                                       G_TYPE_INT, 97, "rtcp-rsize", G_TYPE_BOOLEAN, TRUE,
                                       "receiver-rtt", G_TYPE_BOOLEAN, TRUE, nullptr),
                     &gst_structure_free};
  }
  static Structure audio() {
    return Structure{gst_structure_new("audio", "mid", G_TYPE_STRING, "1", "payload-type",
                                       G_TYPE_INT, 111, "encoding", G_TYPE_STRING, "opus",
                                       "clock-rate", G_TYPE_INT, 48000, "channels", G_TYPE_INT, 2,
                                       nullptr),
                     &gst_structure_free};
  }
  static void append(GstStructure* to, const char* field, GValue* value) {
    GValue list = G_VALUE_INIT;
    if (const GValue* known = gst_structure_get_value(to, field)) {
      g_value_init(&list, GST_TYPE_ARRAY);
      g_value_copy(known, &list);
    } else {
      g_value_init(&list, GST_TYPE_ARRAY);
    }
    gst_value_array_append_and_take_value(&list, value);
    gst_structure_take_value(to, field, &list);
  }
  static void append(GstStructure* to, const char* field, Structure structure) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed(&value, structure.release());
    append(to, field, &value);
  }
  static void append(GstStructure* to, const char* field, const char* text) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_STRING);
    g_value_set_string(&value, text);
    append(to, field, &value);
  }
  void add_media(Structure media) { append(offer.get(), "media", std::move(media)); }
  /// Why the offer with that field is refused.
  std::string refusal(const char* field, const char* value) {
    const Structure changed{gst_structure_copy(offer.get()), &gst_structure_free};
    gst_structure_set(changed.get(), field, G_TYPE_STRING, value, nullptr);
    std::string why;
    EXPECT_FALSE(offer_of(changed.get(), why)) << field << value;
    return why;
  }
  /// Why the offer with this media as its third is refused.
  std::string refusal(Structure media) {
    const Structure changed{gst_structure_copy(offer.get()), &gst_structure_free};
    append(changed.get(), "media", std::move(media));
    std::string why;
    EXPECT_FALSE(offer_of(changed.get(), why));
    return why;
  }

  const Structure offer{
      gst_structure_new("offer", "ice-ufrag", G_TYPE_STRING, "abcd", "ice-pwd", G_TYPE_STRING,
                        "0123456789abcdefghijkl", "setup", G_TYPE_STRING, "actpass", "bundle",
                        G_TYPE_BOOLEAN, TRUE, "fingerprint", G_TYPE_STRING,
                        "SHA-1 00:11:22:33:44:55:66:77:88:99:aa:BB:CC:DD:EE:FF:00:11:22:33",
                        nullptr),
      &gst_structure_free};
};

TEST_F(OfferStructureTest, IsTheOfferThatTheApplicationHasRead) {
  std::string why;
  const auto read = offer_of(offer.get(), why);

  ASSERT_TRUE(read) << why;
  EXPECT_THAT(read->bundle, ElementsAre("0", "1"));
  ASSERT_EQ(read->media.size(), 2U);
  const Offer::Media& video = read->media[0];
  EXPECT_EQ(video.type, "video");
  EXPECT_TRUE(video.receives);
  EXPECT_TRUE(video.rtcp_rsize);
  EXPECT_TRUE(video.receiver_rtt);
  EXPECT_EQ(video.fingerprint, "sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33");
  EXPECT_THAT(video.formats, ElementsAre("96", "97"));
  ASSERT_EQ(video.payloads.size(), 1U);
  EXPECT_EQ(video.payloads[0].encoding, "H264");
  EXPECT_EQ(video.payloads[0].rtx, 97);
  EXPECT_FALSE(video.payloads[0].nack);
  EXPECT_EQ(read->media[1].payloads[0].channels, 2);
  EXPECT_FALSE(read->media[1].payloads[0].rtx);
  ASSERT_EQ(read->credentials().size(), 1U);
  EXPECT_EQ(read->credentials()[0].ufrag, "abcd");
}

TEST_F(OfferStructureTest, HasTheFeedbackAndTheExtensionsThatTheElementKnows) {
  Structure media = video();
  gst_structure_set(media.get(), "mid", G_TYPE_STRING, "2", nullptr);
  for (const char* feedback : {"nack", "nack pli", "ccm fir", "transport-cc", "nack sli"})
    append(media.get(), "feedback", feedback);
  for (const int id : {0, 3, 15})
    append(media.get(), "extensions",
           Structure{gst_structure_new("extension", "id", G_TYPE_INT, id, "uri", G_TYPE_STRING,
                                       ("urn:" + std::to_string(id)).c_str(), nullptr),
                     &gst_structure_free});
  add_media(std::move(media));

  std::string why;
  const auto read = offer_of(offer.get(), why);

  ASSERT_TRUE(read) << why;
  const Offer::Media& last = read->media.back();
  ASSERT_EQ(last.extensions.size(), 1U);
  EXPECT_EQ(last.extensions[0].id, 3);
  EXPECT_EQ(last.extensions[0].uri, "urn:3");
  const Offer::Payload& payload = last.payloads[0];
  EXPECT_TRUE(payload.nack && payload.pli && payload.fir && payload.transport_cc);
  EXPECT_FALSE(payload.remb);
}

TEST_F(OfferStructureTest, SaysWhichFieldIsNotValid) {
  EXPECT_THAT(refusal("ice-ufrag", "a\r\nb"), HasSubstr("ice-ufrag"));
  EXPECT_THAT(refusal("ice-pwd", "short"), HasSubstr("ice-pwd"));
  EXPECT_THAT(refusal("fingerprint", "sha-1 00"), HasSubstr("fingerprint"));
  EXPECT_THAT(refusal("setup", "passive"), HasSubstr("setup"));
  std::string why;
  EXPECT_FALSE(offer_of(nullptr, why));
  EXPECT_EQ(why, "there is no offer");
  gst_structure_set(offer.get(), "bundle", G_TYPE_BOOLEAN, FALSE, nullptr);
  EXPECT_FALSE(offer_of(offer.get(), why));
  EXPECT_THAT(why, HasSubstr("not bundled"));
  gst_structure_remove_field(offer.get(), "media");
  EXPECT_FALSE(offer_of(offer.get(), why));
  EXPECT_EQ(why, "it has no media");
}

TEST_F(OfferStructureTest, SaysWhichMediaIsNotValid) {
  EXPECT_EQ(refusal(video()), "media 2: another media has the same mid");
}

TEST_F(OfferStructureTest, TakesNoTextThatWouldBeALineOfItsOwn) {
  const std::pair<const char*, const char*> fields[] = {
      {"mid", "2\r\na=x"}, {"encoding", "H264\r\n"}, {"fmtp", "a\r\nb"}};
  for (const auto& [field, value] : fields) {
    SCOPED_TRACE(field);
    Structure media = video();
    gst_structure_set(media.get(), "mid", G_TYPE_STRING, "2", nullptr);
    gst_structure_set(media.get(), field, G_TYPE_STRING, value, nullptr);
    EXPECT_THAT(refusal(std::move(media)), HasSubstr(field));
  }
}

TEST_F(OfferStructureTest, BoundsTheMedia) {
  for (std::size_t i = 2; i <= Offer::kMaxMedia; ++i) {
    Structure media = audio();
    gst_structure_set(media.get(), "mid", G_TYPE_STRING, std::to_string(i).c_str(), nullptr);
    add_media(std::move(media));
  }
  std::string why;
  EXPECT_FALSE(offer_of(offer.get(), why));
  EXPECT_EQ(why, "it has too many media");
}

} // namespace
} // namespace fanlight::fanout
