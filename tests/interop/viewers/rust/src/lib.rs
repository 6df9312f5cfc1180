//! What the viewers in Rust have in common: a client of WHEP, and what a viewer says.
//!
//! ../../README.md says which commands a viewer takes and which events it prints.

mod counter;
mod sdp;
mod whep;

pub use counter::Counter;
pub use sdp::{fragment, restarted, without_candidates};
pub use whep::{Error, Whep};

use serde_json::{json, Value};

/// One event, as a line of JSON on standard output.
pub fn say(event: &str, mut members: Value) {
    members["event"] = json!(event);
    println!("{members}");
}

/// The command line.
pub struct Options {
    pub url: String,
    /// The m-lines of the offer, in order.
    pub media: Vec<String>,
    /// Offer no candidates and send them by PATCH.
    pub trickle: bool,
}

impl Options {
    pub fn read() -> Options {
        let mut options = Options { url: String::new(), media: vec!["video".into()], trickle: false };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--media" => options.media = words.next().unwrap_or_default().split(',').map(str::to_owned).collect(),
                "--trickle" => options.trickle = true,
                _ => options.url = word,
            }
        }
        options
    }
}

/// Ends the program with the event that says why.
pub fn give_up(error: Error) -> ! {
    match error {
        Error::Refused { status, reason } => say("refused", json!({"status": status, "reason": reason})),
        Error::Other(why) => say("failed", json!({"why": why})),
    }
    std::process::exit(1)
}
