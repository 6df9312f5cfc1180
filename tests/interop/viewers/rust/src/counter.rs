use std::collections::HashSet;

use serde_json::json;

use crate::say;

/// Pictures between two lines about them.
const PICTURES_PER_LINE: u64 = 5;

/// What has come of one kind of media.
pub struct Counter {
    kind: String,
    seen: HashSet<i64>,
    range: Option<(i64, i64)>,
    pictures: u64,
    repeated: u64,
}

impl Counter {
    pub fn new(kind: &str) -> Counter {
        Counter { kind: kind.into(), seen: HashSet::new(), range: None, pictures: 0, repeated: 0 }
    }

    /// A packet of media, whether it came as such or by RTX.
    pub fn on_packet(&mut self, sequence: u16, ends_picture: bool) {
        if self.range.is_none() {
            say("first_packet", json!({"kind": self.kind}));
        }
        let (first, highest) = self.range.unwrap_or((sequence.into(), sequence.into()));
        let number = highest + i64::from(sequence.wrapping_sub(highest as u16) as i16);
        self.range = Some((first.min(number), highest.max(number)));
        if !self.seen.insert(number) {
            self.repeated += 1;
        } else if ends_picture && self.kind == "video" {
            self.on_picture();
        }
    }

    fn on_picture(&mut self) {
        self.pictures += 1;
        if self.pictures % PICTURES_PER_LINE == 1 {
            let (first, highest) = self.range.unwrap_or_default();
            let packets = self.seen.len() as i64;
            let lost = highest - first + 1 - packets;
            say("pictures", json!({"count": self.pictures, "packets": packets, "lost": lost, "repeated": self.repeated}));
        }
    }
}
