fn is_candidate(line: &str) -> bool {
    line.starts_with("a=candidate:")
}

fn join<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.flat_map(|line| [line, "\r\n"]).collect()
}

pub fn without_candidates(sdp: &str) -> String {
    join(sdp.lines().filter(|line| !is_candidate(line) && !line.starts_with("a=end-of-candidates")))
}

fn first<'a>(sdp: &'a str, start: &str) -> &'a str {
    sdp.lines().find(|line| line.starts_with(start)).unwrap_or_default()
}

/// What RFC 8840, section 9, sends of a description: its ICE credentials, and the first m-line with its candidates.
pub fn fragment(sdp: &str) -> String {
    let mut lines: Vec<&str> = ["a=ice-ufrag:", "a=ice-pwd:", "m=", "a=mid:"].iter().map(|start| first(sdp, start)).collect();
    for line in sdp.lines().filter(|line| is_candidate(line)) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.push("a=end-of-candidates");
    join(lines.into_iter())
}

/// An answer after an ICE restart: the old one with what the fragment says of ICE.
pub fn restarted(answer: &str, fragment: &str) -> String {
    let old = without_candidates(answer);
    let mut candidates: Vec<&str> = fragment.lines().filter(|line| is_candidate(line)).collect();
    let mut lines = Vec::new();
    for line in old.lines() {
        if line.starts_with("a=ice-ufrag:") {
            lines.push(first(fragment, "a=ice-ufrag:"));
        } else if line.starts_with("a=ice-pwd:") {
            lines.push(first(fragment, "a=ice-pwd:"));
            lines.append(&mut candidates); // Into the first section; the others are in its BUNDLE.
        } else {
            lines.push(line);
        }
    }
    join(lines.into_iter())
}
