//! A viewer on libdatachannel, by its interface for C.

use std::ffi::{c_char, c_int, c_void, CString};
use std::io::BufRead;
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::Mutex;

use datachannel_sys as sys;
use serde_json::json;

use fanlight_interop::{fragment, give_up, say, without_candidates, Counter, Error, Options, Whep};

const MOST_BYTES_OF_SDP: usize = 16384;
const RTP_HEADER: usize = 12;

fn media_of(kind: &str, mid: usize) -> String {
    let lines = match kind {
        "video" => {
            "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 H264/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n\
             a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
        }
        _ => "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n",
    };
    format!("{lines}a=mid:{mid}\r\na=recvonly\r\n")
}

fn text(words: &str) -> Result<CString, Error> {
    Ok(CString::new(words)?)
}

/// What the interface for C returns: a number, or an error below zero.
fn checked(what: &str, result: c_int) -> Result<c_int, Error> {
    if result < 0 {
        return Err(Error::Other(format!("{what}: error {result}")));
    }
    Ok(result)
}

unsafe extern "C" fn on_state(_: c_int, state: sys::rtcState, _: *mut c_void) {
    match state {
        sys::rtcState_RTC_CONNECTED => say("connected", json!({})),
        sys::rtcState_RTC_FAILED => say("closed", json!({"why": "failed"})),
        sys::rtcState_RTC_CLOSED => say("closed", json!({"why": "closed"})),
        _ => {}
    }
}

unsafe extern "C" fn on_gathering(_: c_int, state: sys::rtcGatheringState, pointer: *mut c_void) {
    if state == sys::rtcGatheringState_RTC_GATHERING_COMPLETE {
        let _ = (*pointer.cast::<Sender<()>>()).send(());
    }
}

unsafe extern "C" fn on_packet(_: c_int, packet: *const c_char, size: c_int, pointer: *mut c_void) {
    // Of a negative size is what is text.
    let Ok(size) = usize::try_from(size) else { return };
    let packet = std::slice::from_raw_parts(packet.cast::<u8>(), size);
    // RTP and RTCP come alike (RFC 5761, section 4).
    if size < RTP_HEADER || (64..=95).contains(&(packet[1] & 0x7f)) {
        return;
    }
    if let Ok(mut counter) = (*pointer.cast::<Mutex<Counter>>()).lock() {
        counter.on_packet(u16::from_be_bytes([packet[2], packet[3]]), packet[1] & 0x80 != 0);
    }
}

struct Viewer {
    whep: Whep,
    connection: c_int,
    gathered: Receiver<()>,
    video: c_int,
}

impl Viewer {
    fn new(url: &str) -> Result<Viewer, Error> {
        let (gathered, gathering) = channel::<()>();
        // Safety: all of it may be zero, which means the defaults. What the callbacks get lives as long as the program.
        let connection = unsafe {
            let mut configuration: sys::rtcConfiguration = std::mem::zeroed();
            configuration.disableAutoNegotiation = true;
            configuration.forceMediaTransport = true;
            let connection = checked("rtcCreatePeerConnection", sys::rtcCreatePeerConnection(&configuration))?;
            sys::rtcSetUserPointer(connection, Box::into_raw(Box::new(gathered)).cast());
            sys::rtcSetStateChangeCallback(connection, Some(on_state));
            sys::rtcSetGatheringStateChangeCallback(connection, Some(on_gathering));
            connection
        };
        Ok(Viewer { whep: Whep::new(url), connection, gathered: gathering, video: -1 })
    }

    fn watch(&mut self, media: &[String], trickle: bool) -> Result<(), Error> {
        for (mid, kind) in media.iter().enumerate() {
            self.add(kind, mid)?;
        }
        let offer_type = text("offer")?;
        checked("rtcSetLocalDescription", unsafe { sys::rtcSetLocalDescription(self.connection, offer_type.as_ptr()) })?;
        self.gathered.recv()?;
        let offer = self.local_description()?;
        let answer = text(&self.whep.offer(&if trickle { without_candidates(&offer) } else { offer.clone() })?)?;
        let answer_type = text("answer")?;
        let accepted = unsafe { sys::rtcSetRemoteDescription(self.connection, answer.as_ptr(), answer_type.as_ptr()) };
        checked("rtcSetRemoteDescription", accepted)?;
        if trickle {
            self.whep.patch(&fragment(&offer))?;
        }
        Ok(())
    }

    fn add(&mut self, kind: &str, mid: usize) -> Result<(), Error> {
        let media = text(&media_of(kind, mid))?;
        let counter = Box::into_raw(Box::new(Mutex::new(Counter::new(kind))));
        // Safety: as above.
        unsafe {
            let track = checked("rtcAddTrack", sys::rtcAddTrack(self.connection, media.as_ptr()))?;
            sys::rtcSetUserPointer(track, counter.cast());
            checked("rtcSetMessageCallback", sys::rtcSetMessageCallback(track, Some(on_packet)))?;
            checked("rtcChainRtcpReceivingSession", sys::rtcChainRtcpReceivingSession(track))?;
            if kind == "video" && self.video < 0 {
                self.video = track;
            }
        }
        Ok(())
    }

    fn local_description(&self) -> Result<String, Error> {
        let mut buffer = vec![0u8; MOST_BYTES_OF_SDP];
        let size = unsafe { sys::rtcGetLocalDescription(self.connection, buffer.as_mut_ptr().cast(), buffer.len() as c_int) };
        buffer.truncate(checked("rtcGetLocalDescription", size)? as usize - 1); // It ends with a zero.
        Ok(String::from_utf8(buffer)?)
    }

    /// False at the end.
    fn command(&self, word: &str) -> Result<bool, Error> {
        if word == "pli" {
            checked("rtcRequestKeyframe", unsafe { sys::rtcRequestKeyframe(self.video) })?;
            say("asked", json!({}));
            return Ok(true);
        }
        self.whep.leave()?;
        checked("rtcClosePeerConnection", unsafe { sys::rtcClosePeerConnection(self.connection) })?;
        Ok(false)
    }
}

fn run() -> Result<(), Error> {
    let options = Options::read();
    let mut viewer = Viewer::new(&options.url)?;
    viewer.watch(&options.media, options.trickle)?;
    for word in std::io::stdin().lock().lines() {
        if !viewer.command(&word?)? {
            return Ok(());
        }
    }
    viewer.command("leave").map(|_| ())
}

fn main() {
    let version = String::from_utf8_lossy(sys::RTC_VERSION); // It ends with a zero.
    say("stack", json!({"name": "libdatachannel", "version": version.trim_end_matches('\0')}));
    if let Err(error) = run() {
        give_up(error);
    }
}
