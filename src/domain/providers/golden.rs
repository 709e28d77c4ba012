//! Golden streams of our own, one folder per provider under `golden/`: each is decoded whole, byte
//! by byte and at random cuts with the same result, which stands in a snapshot.

use super::{Output, Provider};
use proptest::prelude::*;
use std::fmt::Write;
use std::path::PathBuf;

/// A golden file: its provider, its name (`anthropic/text.sse`) and its bytes.
#[derive(Clone, Debug)]
struct Golden {
    provider: Provider,
    name: String,
    bytes: Vec<u8>,
}

fn all() -> Vec<Golden> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/domain/providers/golden");
    let mut golden = Vec::new();
    for provider in Provider::ALL {
        let Ok(folder) = std::fs::read_dir(root.join(provider.id())) else {
            continue;
        };
        for file in folder {
            let file = file.unwrap();
            golden.push(Golden {
                provider,
                name: format!("{}/{}", provider.id(), file.file_name().to_str().unwrap()),
                bytes: std::fs::read(file.path()).unwrap(),
            });
        }
    }
    golden.sort_by(|a, b| a.name.cmp(&b.name));
    golden
}

/// Decodes pieces; neighbouring texts are joined, so that only what was said counts.
fn decode<'a>(provider: Provider, pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Output>, Option<String>) {
    let mut decoder = provider.decoder();
    let mut outputs: Vec<Output> = pieces.into_iter().flat_map(|piece| decoder.push(piece)).collect();
    outputs.extend(decoder.finish());
    let id = decoder.upstream_id().map(str::to_owned);
    let mut joined: Vec<Output> = Vec::new();
    for output in outputs {
        match (joined.last_mut(), output) {
            (Some(Output::Text(text)), Output::Text(more)) => text.push_str(&more),
            (Some(Output::Reasoning(text)), Output::Reasoning(more)) => text.push_str(&more),
            (_, output) => joined.push(output),
        }
    }
    (joined, id)
}

fn cut<'a>(bytes: &'a [u8], cuts: &[proptest::sample::Index]) -> Vec<&'a [u8]> {
    let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    at.push(bytes.len());
    at.sort_unstable();
    let mut from = 0;
    at.into_iter()
        .map(|to| {
            let piece = &bytes[from..to];
            from = to;
            piece
        })
        .collect()
}

#[test]
fn every_golden_stream_reads_as_its_snapshot() {
    for golden in all() {
        let (outputs, id) = decode(golden.provider, [golden.bytes.as_slice()]);
        let mut text = format!("id: {}\n", id.as_deref().unwrap_or("-"));
        for output in outputs {
            writeln!(text, "{output:?}").unwrap();
        }
        insta::assert_snapshot!(golden.name.replace(['/', '.'], "_"), text);
    }
}

#[test]
fn there_are_golden_streams_for_every_wire() {
    for provider in [
        Provider::Anthropic,
        Provider::OpenAi,
        Provider::Google,
        Provider::Mistral,
        Provider::Groq,
        Provider::Compatible,
    ] {
        let count = all().iter().filter(|golden| golden.provider == provider).count();
        assert!(count >= 8, "{}: {count}", provider.id());
    }
}

#[test]
fn byte_by_byte_reads_the_same_as_whole() {
    for golden in all() {
        let whole = decode(golden.provider, [golden.bytes.as_slice()]);
        assert_eq!(
            decode(golden.provider, golden.bytes.chunks(1)),
            whole,
            "{}",
            golden.name
        );
    }
}

#[test]
fn every_kind_of_line_end_reads_the_same() {
    for golden in all().iter().filter(|golden| golden.name.ends_with(".sse")) {
        let text = String::from_utf8(golden.bytes.clone()).unwrap().replace("\r\n", "\n");
        let plain = decode(golden.provider, [text.as_bytes()]);
        for end in ["\r\n", "\r"] {
            let other = text.replace('\n', end);
            assert_eq!(
                decode(golden.provider, [other.as_bytes()]),
                plain,
                "{} {end:?}",
                golden.name
            );
            assert_eq!(
                decode(golden.provider, other.as_bytes().chunks(1)),
                plain,
                "{} {end:?}",
                golden.name
            );
        }
        let with_mark = format!("\u{feff}{text}");
        assert_eq!(
            decode(golden.provider, with_mark.as_bytes().chunks(2)),
            plain,
            "{}",
            golden.name
        );
    }
}

#[test]
fn every_answer_ends_once_and_nothing_follows() {
    for golden in all() {
        let (outputs, _) = decode(golden.provider, [golden.bytes.as_slice()]);
        let ends = outputs
            .iter()
            .filter(|output| matches!(output, Output::End | Output::Error(_)));
        assert_eq!(ends.count(), 1, "{}", golden.name);
        assert!(
            matches!(outputs.last(), Some(Output::End | Output::Error(_))),
            "{}",
            golden.name
        );
    }
}

#[test]
fn an_answer_cut_anywhere_is_never_taken_for_complete_without_its_reason_to_stop() {
    for golden in all() {
        for end in 0..golden.bytes.len() {
            let (outputs, _) = decode(golden.provider, [&golden.bytes[..end]]);
            let is_complete = outputs.contains(&Output::End);
            let has_stopped = outputs.iter().any(|output| matches!(output, Output::Stop(_)));
            assert!(!is_complete || has_stopped, "{} at {end}", golden.name);
        }
    }
}

#[test]
fn provider_texts_never_enter_a_problem() {
    for golden in all() {
        for output in decode(golden.provider, [golden.bytes.as_slice()]).0 {
            if let Output::Error(problem) = output {
                assert!(!format!("{problem:?}").contains("ECHO"), "{}", golden.name);
                assert!(
                    problem.detail.is_none_or(|detail| detail.starts_with("Try again in")),
                    "{}",
                    golden.name
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_cuts_read_the_same_as_whole(cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..24)) {
        for golden in all() {
            let whole = decode(golden.provider, [golden.bytes.as_slice()]);
            prop_assert_eq!(decode(golden.provider, cut(&golden.bytes, &cuts)), whole, "{}", golden.name);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic_and_always_end(
        bytes in proptest::collection::vec(any::<u8>(), 0..2048),
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
    ) {
        for provider in Provider::ALL {
            let (outputs, _) = decode(provider, cut(&bytes, &cuts));
            prop_assert!(matches!(outputs.last(), Some(Output::End | Output::Error(_))));
        }
    }

    #[test]
    fn damaged_golden_streams_never_panic(
        place in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
        which in any::<proptest::sample::Index>(),
    ) {
        let golden = which.get(&all()).clone();
        prop_assume!(!golden.bytes.is_empty());
        let mut bytes = golden.bytes;
        let at = place.index(bytes.len());
        bytes[at] = byte;
        let whole = decode(golden.provider, [bytes.as_slice()]);
        prop_assert_eq!(decode(golden.provider, bytes.chunks(7)), whole);
    }
}
