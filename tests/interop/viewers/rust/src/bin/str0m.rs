//! A viewer on str0m, which does no input and output itself: sockets are threads here, and what they read comes in by a channel.

use std::collections::HashMap;
use std::io::{BufRead, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Instant;

use serde_json::json;
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, KeyframeRequestKind, MediaKind, Mid};
use str0m::net::{Protocol, Receive, TcpType, Transmit};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig};

use fanlight_interop::{fragment, give_up, restarted, say, without_candidates, Counter, Error, Options, Whep};

enum Arrival {
    Packet { protocol: Protocol, source: SocketAddr, destination: SocketAddr, contents: Vec<u8> },
    Command(String),
}

/// The ends of this machine: a UDP socket for each address, and TCP connections as they are needed.
struct Sockets {
    arrivals: Sender<Arrival>,
    udp: HashMap<SocketAddr, UdpSocket>,
    tcp: HashMap<(SocketAddr, SocketAddr), TcpStream>,
}

impl Sockets {
    fn open(arrivals: Sender<Arrival>) -> Result<Sockets, Error> {
        let mut sockets = Sockets { arrivals, udp: HashMap::new(), tcp: HashMap::new() };
        for address in addresses()? {
            let socket = UdpSocket::bind((address, 0))?;
            let (destination, arrivals, reader) = (socket.local_addr()?, sockets.arrivals.clone(), socket.try_clone()?);
            thread::spawn(move || {
                let mut buffer = [0; 65536];
                while let Ok((size, source)) = reader.recv_from(&mut buffer) {
                    let contents = buffer[..size].to_vec();
                    let _ = arrivals.send(Arrival::Packet { protocol: Protocol::Udp, source, destination, contents });
                }
            });
            sockets.udp.insert(destination, socket);
        }
        Ok(sockets)
    }

    fn send(&mut self, packet: Transmit) -> Result<(), Error> {
        if packet.proto == Protocol::Udp {
            if let Some(socket) = self.udp.get(&packet.source) {
                let _ = socket.send_to(&packet.contents, packet.destination); // As lost as any other.
            }
            return Ok(());
        }
        // Framed (RFC 4571, section 2).
        let frame = [&(packet.contents.len() as u16).to_be_bytes(), &packet.contents[..]].concat();
        let ends = (packet.source, packet.destination);
        if !self.tcp.contains_key(&ends) {
            match TcpStream::connect(packet.destination) {
                Ok(stream) => drop(self.tcp.insert(ends, self.read_tcp(stream, ends)?)),
                Err(_) => return Ok(()), // The check fails.
            }
        }
        if self.tcp.get_mut(&ends).is_some_and(|stream| stream.write_all(&frame).is_err()) {
            self.tcp.remove(&ends);
        }
        Ok(())
    }

    fn read_tcp(&self, stream: TcpStream, (destination, source): (SocketAddr, SocketAddr)) -> Result<TcpStream, Error> {
        let (mut reader, arrivals) = (stream.try_clone()?, self.arrivals.clone());
        thread::spawn(move || {
            let mut size = [0; 2];
            while reader.read_exact(&mut size).is_ok() {
                let mut contents = vec![0; u16::from_be_bytes(size).into()];
                if reader.read_exact(&mut contents).is_err() {
                    break;
                }
                let _ = arrivals.send(Arrival::Packet { protocol: Protocol::Tcp, source, destination, contents });
            }
        });
        Ok(stream)
    }

    fn candidates(&self) -> Result<Vec<Candidate>, Error> {
        let mut candidates = Vec::new();
        for address in self.udp.keys() {
            candidates.push(Candidate::host(*address, "udp")?);
            // The port of a candidate that only connects is 9 (RFC 6544, section 4.5).
            let active = SocketAddr::new(address.ip(), 9);
            candidates.push(Candidate::builder().tcp().host(active).tcptype(TcpType::Active).build()?);
        }
        Ok(candidates)
    }
}

/// Those that others can reach.
fn addresses() -> Result<Vec<IpAddr>, Error> {
    let all = if_addrs::get_if_addrs()?;
    Ok(all
        .iter()
        .filter(|interface| !interface.is_loopback() && !interface.is_link_local())
        .map(|interface| interface.ip())
        .collect())
}

struct Viewer {
    rtc: Rtc,
    whep: Whep,
    sockets: Sockets,
    answer: String,
    video: Option<Mid>,
    counters: HashMap<Mid, Counter>,
}

impl Viewer {
    fn new(url: &str, sockets: Sockets) -> Result<Viewer, Error> {
        let rtc =
            RtcConfig::new().set_rtp_mode(true).clear_codecs().enable_h264(true).enable_opus(true, false).build(Instant::now());
        let mut viewer =
            Viewer { rtc, whep: Whep::new(url), sockets, answer: String::new(), video: None, counters: HashMap::new() };
        for candidate in viewer.sockets.candidates()? {
            viewer.rtc.add_local_candidate(candidate);
        }
        Ok(viewer)
    }

    fn watch(&mut self, media: &[String], trickle: bool) -> Result<(), Error> {
        let mut changes = self.rtc.sdp_api();
        for kind in media {
            let media_kind = if kind == "video" { MediaKind::Video } else { MediaKind::Audio };
            let mid = changes.add_media(media_kind, Direction::RecvOnly, None, None, None);
            self.counters.insert(mid, Counter::new(kind));
            if kind == "video" {
                self.video.get_or_insert(mid);
            }
        }
        let (offer, pending) = changes.apply().ok_or_else(|| Error::Other("there is nothing to offer".into()))?;
        let offer = offer.to_sdp_string();
        self.answer = self.whep.offer(&if trickle { without_candidates(&offer) } else { offer.clone() })?;
        self.accept(pending)?;
        if trickle {
            self.whep.patch(&fragment(&offer))?;
        }
        Ok(())
    }

    fn accept(&mut self, pending: SdpPendingOffer) -> Result<(), Error> {
        Ok(self.rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(&self.answer)?)?)
    }

    fn restart(&mut self) -> Result<(), Error> {
        let mut changes = self.rtc.sdp_api();
        changes.ice_restart(true);
        let (offer, pending) = changes.apply().ok_or_else(|| Error::Other("there is nothing to restart".into()))?;
        let reply = self.whep.patch(&fragment(&offer.to_sdp_string()))?;
        self.answer = restarted(&self.answer, &reply);
        self.accept(pending)?;
        say("restarted", json!({}));
        Ok(())
    }

    fn ask_for_key_frame(&mut self) {
        let mut direct = self.rtc.direct_api();
        if let Some(stream) = self.video.and_then(|mid| direct.stream_rx_by_mid(mid, None)) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
            say("asked", json!({}));
        }
    }

    /// Until it is told to leave.
    fn run(&mut self, arrivals: &Receiver<Arrival>) -> Result<(), Error> {
        loop {
            let until = match self.rtc.poll_output()? {
                Output::Transmit(packet) => {
                    self.sockets.send(packet)?;
                    continue;
                }
                Output::Event(event) => {
                    self.on_event(event);
                    continue;
                }
                Output::Timeout(until) => until,
            };
            match arrivals.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Arrival::Packet { protocol, source, destination, contents }) => {
                    // What is neither STUN, DTLS nor RTP is nothing to it.
                    if let Ok(packet) = Receive::new(protocol, source, destination, &contents) {
                        self.rtc.handle_input(Input::Receive(Instant::now(), packet))?;
                    }
                }
                Ok(Arrival::Command(word)) => match word.as_str() {
                    "pli" => self.ask_for_key_frame(),
                    "restart" => self.restart()?,
                    _ => return self.whep.leave(),
                },
                Err(RecvTimeoutError::Timeout) => self.rtc.handle_input(Input::Timeout(Instant::now()))?,
                Err(RecvTimeoutError::Disconnected) => return self.whep.leave(),
            }
        }
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Connected => say("connected", json!({})),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => say("closed", json!({"why": "disconnected"})),
            Event::Closed => say("closed", json!({"why": "closed"})),
            Event::RtpPacket(packet) => {
                let mid = self.rtc.direct_api().stream_rx(&packet.header.ssrc).map(|stream| stream.mid());
                if let Some(counter) = mid.and_then(|mid| self.counters.get_mut(&mid)) {
                    counter.on_packet(*packet.seq_no as u16, packet.header.marker);
                }
            }
            _ => {}
        }
    }
}

fn run() -> Result<(), Error> {
    let options = Options::read();
    let (arrivals, arrived) = channel();
    let sockets = Sockets::open(arrivals.clone())?;
    let mut viewer = Viewer::new(&options.url, sockets)?;
    viewer.watch(&options.media, options.trickle)?;
    thread::spawn(move || {
        for word in std::io::stdin().lock().lines().map_while(Result::ok) {
            let _ = arrivals.send(Arrival::Command(word));
        }
        let _ = arrivals.send(Arrival::Command("leave".into()));
    });
    viewer.run(&arrived)
}

fn main() {
    say("stack", json!({"name": "str0m", "version": env!("STR0M_VERSION")}));
    str0m::crypto::from_feature_flags().install_process_default();
    if let Err(error) = run() {
        give_up(error);
    }
}
