use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::say;

#[derive(Debug)]
pub enum Error {
    /// The server did not answer an offer or a restart with an answer.
    Refused {
        status: u16,
        reason: String,
    },
    Other(String),
}

impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Error {
        Error::Other(error.to_string())
    }
}

/// One session (draft-ietf-wish-whep). Every method waits for the server's answer.
pub struct Whep {
    address: String,
    path: String,
    session: String,
    etag: String,
}

impl Whep {
    pub fn new(url: &str) -> Whep {
        let rest = url.strip_prefix("http://").unwrap_or(url);
        let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
        Whep { address: address.into(), path: format!("/{path}"), session: String::new(), etag: String::new() }
    }

    /// The answer.
    pub fn offer(&mut self, sdp: &str) -> Result<String, Error> {
        let answer = self.request("POST", &self.path, sdp, "Content-Type: application/sdp\r\n")?;
        if answer.status != 201 {
            return Err(Error::Refused { status: answer.status, reason: answer.body });
        }
        // Relative to the endpoint (RFC 9110, section 10.2.2).
        let location = answer.header("location");
        let folder = self.path.split('?').next().and_then(|path| path.rsplit_once('/')).map_or("", |(folder, _)| folder);
        self.session = if location.starts_with('/') { location.into() } else { format!("{folder}/{location}") };
        self.etag = answer.header("etag").into();
        say("answered", json!({"status": answer.status, "session": self.session.rsplit('/').next()}));
        Ok(answer.body)
    }

    /// The answer's fragment of an ICE restart; empty after candidates (RFC 9725, section 4.3).
    pub fn patch(&mut self, fragment: &str) -> Result<String, Error> {
        let headers = format!("Content-Type: application/trickle-ice-sdpfrag\r\nIf-Match: {}\r\n", self.etag);
        let answer = self.request("PATCH", &self.session, fragment, &headers)?;
        if ![200, 204].contains(&answer.status) {
            return Err(Error::Refused { status: answer.status, reason: answer.body });
        }
        if !answer.header("etag").is_empty() {
            self.etag = answer.header("etag").into();
        }
        Ok(answer.body)
    }

    pub fn leave(&self) -> Result<(), Error> {
        let answer = self.request("DELETE", &self.session, "", "")?;
        say("left", json!({"status": answer.status}));
        Ok(())
    }

    fn request(&self, method: &str, path: &str, body: &str, headers: &str) -> Result<Answer, Error> {
        let mut stream = TcpStream::connect(&self.address)?;
        let (address, size) = (&self.address, body.len());
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {size}\r\n{headers}\r\n");
        stream.write_all((head + body).as_bytes())?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Answer::parse(&text).ok_or_else(|| Error::Other(format!("{method} {path} was answered by no HTTP")))
    }
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn parse(text: &str) -> Option<Answer> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers =
            lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.into())).collect();
        Some(Answer { status, headers, body: body.into() })
    }

    /// Empty if there is none.
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}
