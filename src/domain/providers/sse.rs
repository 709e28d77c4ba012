//! Framing of `text/event-stream`: bytes in at any cut, whole events out.
//!
//! Memory is bounded: a line or an event beyond [`MAX_EVENT`] ends the framing. Bytes that are not
//! UTF-8 are replaced. Takes `\n`, `\r\n` and `\r`, comments, several `data` lines (a byte order
//! mark is skipped by the decoder, which looks at the first bytes anyway); an event that the end of the body cuts off is still handed out by [`Sse::finish`].

use memchr::memchr2;

/// Largest line and largest event, in bytes.
pub const MAX_EVENT: usize = 1 << 20;

/// A line or an event is larger than [`MAX_EVENT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuch;

/// One event: its name (empty where none was given) and its data lines joined by `\n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub name: String,
    pub data: String,
}

/// The state between two pieces of a body.
#[derive(Debug, Default)]
pub struct Sse {
    line: Vec<u8>,
    name: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    /// The last byte was `\r`: a `\n` that follows belongs to it.
    after_cr: bool,
    /// Whether any line looked like a field or comment of this format.
    recognised: bool,
}

impl Sse {
    /// Takes the next piece and appends the events that it completes.
    ///
    /// # Errors
    /// [`TooMuch`] when a bound is passed; nothing more may be pushed then.
    pub fn push(&mut self, mut bytes: &[u8], events: &mut Vec<Event>) -> Result<(), TooMuch> {
        while let Some(&first) = bytes.first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                bytes = bytes.get(1..).unwrap_or_default();
                continue;
            }
            let Some(end) = memchr2(b'\n', b'\r', bytes) else {
                return self.keep(bytes);
            };
            let (head, tail) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
            self.after_cr = tail.first() == Some(&b'\r');
            bytes = tail.get(1..).unwrap_or_default();
            if self.line.is_empty() && head.len() <= MAX_EVENT {
                self.take_line(head, events)?;
            } else {
                self.keep(head)?;
                self.end_line(events)?;
            }
        }
        Ok(())
    }

    /// The body has ended: hands out what its last, unterminated event holds.
    ///
    /// # Errors
    /// [`TooMuch`] when a bound is passed.
    pub fn finish(&mut self, events: &mut Vec<Event>) -> Result<(), TooMuch> {
        if !self.line.is_empty() {
            self.end_line(events)?;
        }
        self.end_event(events);
        Ok(())
    }

    /// Whether anything so far was a field or comment of this format.
    #[must_use]
    pub const fn is_recognised(&self) -> bool {
        self.recognised
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), TooMuch> {
        if self.line.len() + bytes.len() > MAX_EVENT {
            self.line = Vec::new();
            return Err(TooMuch);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self, events: &mut Vec<Event>) -> Result<(), TooMuch> {
        let mut line = std::mem::take(&mut self.line);
        let outcome = self.take_line(&line, events);
        // The buffer is used again, unless one huge line made it huge.
        line.clear();
        if line.capacity() <= 1 << 16 {
            self.line = line;
        }
        outcome
    }

    fn take_line(&mut self, line: &[u8], events: &mut Vec<Event>) -> Result<(), TooMuch> {
        if line.is_empty() {
            self.end_event(events);
            return Ok(());
        }
        let colon = line.iter().position(|&byte| byte == b':').unwrap_or(line.len());
        let (field, rest) = line.split_at_checked(colon).unwrap_or((line, &[]));
        let value = rest.strip_prefix(b":").unwrap_or(rest);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                if self.data.len() + value.len() > MAX_EVENT {
                    return Err(TooMuch);
                }
                if std::mem::replace(&mut self.has_data, true) {
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(value);
            }
            b"event" => value.clone_into(&mut self.name),
            // llama.cpp's own way to report an error.
            b"error" => {
                value.clone_into(&mut self.data);
                b"error".as_slice().clone_into(&mut self.name);
                self.has_data = true;
            }
            b"" | b"id" | b"retry" => {}
            _ => return Ok(()),
        }
        self.recognised = true;
        Ok(())
    }

    fn end_event(&mut self, events: &mut Vec<Event>) {
        let name = std::mem::take(&mut self.name);
        let data = std::mem::take(&mut self.data);
        if std::mem::take(&mut self.has_data) {
            events.push(Event {
                name: text(name),
                data: text(data),
            });
        }
    }
}

/// In the memory of the bytes, where they are UTF-8.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
