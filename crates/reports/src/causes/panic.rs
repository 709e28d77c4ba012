//! Panics of Rust: what was said, where, and the backtrace below it.

use super::frames::{Frame, frame, is_ours};
use super::trace::{MAX_FRAMES, MAX_MESSAGE, Trace};
use crate::builder::cut;

/// Rust: `panicked at src/lib.rs:6:28:` and the message below it.
pub fn read(text: &str) -> Trace {
    let mut lines = text.lines();
    let head = lines.next().unwrap_or_default();
    let place = head.trim_start_matches("panicked at ").trim_end_matches(':');
    // Before Rust 1.73 the message stood in front of the place.
    let (message, place) = match place.strip_prefix('\'').and_then(|rest| rest.rsplit_once("', ")) {
        Some((message, place)) => (message.to_owned(), place),
        None => {
            let own = lines.by_ref().take_while(|line| {
                !line.starts_with("note: ") && !line.starts_with("stack backtrace") && !line.trim().is_empty()
            });
            (own.collect::<Vec<_>>().join("\n"), place)
        }
    };
    let kind = match message.as_str() {
        it if it.starts_with("assertion") => "assertion",
        it if it.contains("on a `None` value") => "unwrap of None",
        it if it.contains("on an `Err` value") => "unwrap of Err",
        it if it.starts_with("index out of bounds") || it.contains("out of range") => "out of bounds",
        it if it.contains("with overflow") => "overflow",
        _ => "panic",
    };
    let mut first = frame(place).unwrap_or_default();
    first.is_ours = is_ours(&first.path);
    let frames = backtrace(first, lines);
    Trace {
        kind: kind.replace(' ', "-"),
        message: cut(&message, MAX_MESSAGE).to_owned(),
        frames,
        ..Trace::default()
    }
}

/// The frames of a backtrace below the place of the panic: `3: shop::price` and `at ./src/lib.rs:6:28` in turn.
fn backtrace<'a>(first: Frame, lines: impl Iterator<Item = &'a str>) -> Vec<Frame> {
    let mut frames = vec![first];
    let mut function = "";
    for line in lines {
        let bare = line.trim_start();
        if let Some((number, name)) = bare.split_once(": ")
            && !number.is_empty()
            && number.bytes().all(|it| it.is_ascii_digit())
        {
            function = name.trim();
            while let Some(outer) = function.strip_suffix("::{{closure}}") {
                function = outer;
            }
            continue;
        }
        let Some(mut found) = frame(line) else { continue };
        function.clone_into(&mut found.function);
        // The place of the panic stands here once more, now with its function; a closure is its function's, with
        // frames of the language in between.
        let last = frames.iter_mut().rev().find(|last| last.is_ours == found.is_ours);
        let again = last.filter(|last| {
            last.file == found.file
                && (last.function.is_empty() && last.line == found.line || last.function == found.function)
        });
        if let Some(last) = again {
            last.function = found.function;
        } else {
            // In between stand the frames of the panic itself.
            let of_place = frames.first_mut().filter(|first| {
                first.is_ours && first.function.is_empty() && first.file == found.file && first.line == found.line
            });
            match of_place {
                Some(first) => first.function = found.function,
                None => frames.push(found),
            }
        }
        if frames.len() >= MAX_FRAMES {
            break;
        }
    }
    frames
}
