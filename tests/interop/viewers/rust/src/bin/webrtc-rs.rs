//! A viewer on webrtc-rs.

use std::sync::Arc;

use async_trait::async_trait;
use rtc::ice::network_type::NetworkType;
use rtc::peer_connection::configuration::interceptor_registry::register_default_interceptors;
use rtc::peer_connection::configuration::media_engine::MediaEngine;
use rtc::peer_connection::configuration::RTCConfigurationBuilder;
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::{mpsc, Mutex};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceCandidateInit, RTCIceGatheringState,
    RTCPeerConnectionState, Registry, SettingEngineBuilder,
};
use webrtc::runtime::default_runtime;

use fanlight_interop::{fragment, give_up, restarted, say, without_candidates, Counter, Error, Options, Whep};

/// What the stack tells, on its own tasks.
struct Handler {
    gathered: mpsc::UnboundedSender<()>,
    video: Arc<Mutex<Option<Arc<dyn TrackRemote>>>>,
}

#[async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            let _ = self.gathered.send(());
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        match state {
            RTCPeerConnectionState::Connected => say("connected", json!({})),
            RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed => say("closed", json!({"why": state.to_string()})),
            _ => {}
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let kind = track.kind().await;
        if kind == RtpCodecKind::Video {
            *self.video.lock().await = Some(track.clone());
        }
        tokio::spawn(async move {
            let mut counter = Counter::new(&kind.to_string());
            while let Some(event) = track.poll().await {
                if let TrackRemoteEvent::OnRtpPacket(packet) = event {
                    counter.on_packet(packet.header.sequence_number, packet.header.marker);
                }
            }
        });
    }
}

struct Viewer {
    whep: Whep,
    connection: Box<dyn PeerConnection>,
    gathered: mpsc::UnboundedReceiver<()>,
    video: Arc<Mutex<Option<Arc<dyn TrackRemote>>>>,
    answer: String,
}

impl Viewer {
    async fn new(url: &str) -> Result<Viewer, Error> {
        let mut media = MediaEngine::default();
        media.register_default_codecs()?;
        let registry = register_default_interceptors(Registry::new(), &mut media)?;
        let networks = vec![NetworkType::Udp4, NetworkType::Udp6, NetworkType::Tcp4, NetworkType::Tcp6];
        let every_interface = vec!["0.0.0.0:0".to_owned(), "[::]:0".to_owned()];
        let (gathered, gathering) = mpsc::unbounded_channel();
        let video = Arc::new(Mutex::new(None));
        let connection = PeerConnectionBuilder::new()
            .with_configuration(RTCConfigurationBuilder::new().build())
            .with_media_engine(media)
            .with_interceptor_registry(registry)
            .with_setting_engine(SettingEngineBuilder::new().with_network_types(networks).build())
            .with_handler(Arc::new(Handler { gathered, video: video.clone() }))
            .with_runtime(default_runtime().ok_or_else(|| Error::Other("there is no runtime".into()))?)
            .with_udp_addrs(every_interface.clone())
            .with_tcp_addrs(every_interface)
            .build()
            .await?;
        let whep = Whep::new(url);
        Ok(Viewer { whep, connection: Box::new(connection), gathered: gathering, video, answer: String::new() })
    }

    async fn watch(&mut self, media: &[String], trickle: bool) -> Result<(), Error> {
        for kind in media {
            let kind = if kind == "video" { RtpCodecKind::Video } else { RtpCodecKind::Audio };
            let direction = RTCRtpTransceiverDirection::Recvonly;
            let init = RTCRtpTransceiverInit { direction, ..Default::default() };
            self.connection.add_transceiver_from_kind(kind, Some(init)).await?;
        }
        let offer = self.offer().await?;
        self.answer = self.whep.offer(&if trickle { without_candidates(&offer) } else { offer.clone() })?;
        self.accept().await?;
        if trickle {
            self.whep.patch(&fragment(&offer))?;
        }
        Ok(())
    }

    /// With all candidates.
    async fn offer(&mut self) -> Result<String, Error> {
        let offer = self.connection.create_offer(None).await?;
        self.connection.set_local_description(offer).await?;
        self.gathered.recv().await;
        Ok(self.connection.local_description().await.map(|description| description.sdp).unwrap_or_default())
    }

    async fn accept(&self) -> Result<(), Error> {
        let answer = RTCSessionDescription::answer(self.answer.clone())?;
        self.connection.set_remote_description(answer).await?;
        // It connects over TCP to candidates that come one by one, not to those of a description.
        for line in self.answer.lines().filter(|line| line.contains(" tcptype passive")) {
            let candidate = line.trim_start_matches("a=").to_owned();
            let candidate = RTCIceCandidateInit { candidate, sdp_mline_index: Some(0), ..Default::default() };
            self.connection.add_ice_candidate(candidate).await?;
        }
        Ok(())
    }

    async fn restart(&mut self) -> Result<(), Error> {
        self.connection.restart_ice().await?;
        let offer = self.offer().await?;
        let reply = self.whep.patch(&fragment(&offer))?;
        self.answer = restarted(&self.answer, &reply);
        self.accept().await?;
        say("restarted", json!({}));
        Ok(())
    }

    async fn ask_for_key_frame(&self) -> Result<(), Error> {
        if let Some(track) = self.video.lock().await.as_ref() {
            let media_ssrc = track.ssrcs().await.first().copied().unwrap_or_default();
            track.write_rtcp(vec![Box::new(PictureLossIndication { sender_ssrc: 0, media_ssrc })]).await?;
            say("asked", json!({}));
        }
        Ok(())
    }
}

async fn run() -> Result<(), Error> {
    let options = Options::read();
    let mut viewer = Viewer::new(&options.url).await?;
    viewer.watch(&options.media, options.trickle).await?;
    let mut commands = BufReader::new(tokio::io::stdin()).lines();
    while let Some(word) = commands.next_line().await? {
        match word.as_str() {
            "pli" => viewer.ask_for_key_frame().await?,
            "restart" => viewer.restart().await?,
            _ => break,
        }
    }
    viewer.whep.leave()?;
    Ok(viewer.connection.close().await?)
}

#[tokio::main]
async fn main() {
    say("stack", json!({"name": "webrtc-rs", "version": env!("WEBRTC_VERSION")}));
    if let Err(error) = run().await {
        give_up(error);
    }
    std::process::exit(0); // Reading standard input blocks a thread of tokio's.
}
