//! Bundles made by hand, whole and broken in every way.

use super::*;
use crate::domain::privacy::bundle::Signed;
use ed25519_dalek::{Signer, SigningKey};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const FILES: [(&str, &str); 4] = [
    ("README.html", "<!doctype html>"),
    ("schemas/usage.schema.json", "{\"type\":\"array\"}"),
    ("data/usage.json", "[{\"id\":1},{\"id\":2}]"),
    ("data/usage.csv", "id\r\n1\r\n2\r\n"),
];

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn public() -> PublicKey {
    PublicKey::from_bytes(key().verifying_key().to_bytes())
}

fn manifest() -> Manifest {
    let entry = |(path, text): &(&str, &str)| FileEntry {
        path: (*path).to_owned(),
        bytes: text.len() as u64,
        sha256: hex::encode(Sha256::digest(text)),
        rows: path.starts_with("data/").then_some(2),
        schema: path
            .ends_with("usage.json")
            .then(|| "schemas/usage.schema.json".to_owned()),
    };
    Manifest {
        kind: KIND.to_owned(),
        version: VERSION,
        created_at: "2026-05-04T08:00:00Z".to_owned(),
        server: "http://127.0.0.1:3000/".to_owned(),
        account: "a".to_owned(),
        signature: Signed {
            algorithm: "Ed25519".to_owned(),
            key_id: public().id(),
            public_key: public().to_hex(),
        },
        tables: BTreeMap::new(),
        files: FILES.iter().map(entry).collect(),
    }
}

/// A bundle of these files with this manifest, properly signed.
fn bundle(files: &[(&str, &str)], manifest: &Manifest) -> Vec<u8> {
    let bytes = manifest.to_bytes().unwrap();
    let signature = key().sign(&bytes).to_bytes();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let entries = files.iter().map(|(path, text)| (*path, text.as_bytes()));
    for (path, content) in entries.chain([(MANIFEST, bytes.as_slice()), (SIGNATURE, signature.as_slice())]) {
        zip.start_file(path, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn verified(bytes: Vec<u8>) -> Result<Valid, Fault> {
    verify(Cursor::new(bytes), &Demands::default())
}

#[test]
fn a_whole_bundle_is_valid_and_what_is_wanted_is_kept() {
    let demands = Demands {
        keep: &[("data/usage.json", 1_000)],
        ..Demands::default()
    };
    let valid = verify(Cursor::new(bundle(&FILES, &manifest())), &demands).unwrap();
    assert_eq!(valid.kept["data/usage.json"], FILES[2].1.as_bytes());
    assert_eq!(valid.key, public());
}

#[test]
fn a_changed_file_is_found_by_its_hash_its_size_or_its_rows() {
    let mut files = FILES;
    files[2].1 = "[{\"id\":1},{\"id\":3}]";
    assert!(matches!(verified(bundle(&files, &manifest())), Err(Fault::Hash(_))));
    files[2].1 = "[{\"id\":1}]";
    assert!(matches!(verified(bundle(&files, &manifest())), Err(Fault::Size { .. })));
    let mut lying = manifest();
    lying.files[3].rows = Some(3);
    assert!(matches!(
        verified(bundle(&FILES, &lying)),
        Err(Fault::Rows {
            found: 2,
            stated: 3,
            ..
        })
    ));
}

#[test]
fn a_changed_manifest_does_not_fit_its_signature() {
    let mut bytes = bundle(&FILES, &manifest());
    // Entries of this bundle are packed; a manifest signed by somebody else is put in their place.
    let mut other = manifest();
    other.signature.public_key =
        PublicKey::from_bytes(SigningKey::from_bytes(&[4; 32]).verifying_key().to_bytes()).to_hex();
    assert!(matches!(verified(bundle(&FILES, &other)), Err(Fault::Signature)));
    let pinned = [PublicKey::from_bytes([9; 32])];
    let demands = Demands {
        pinned: Some(&pinned),
        ..Demands::default()
    };
    assert!(matches!(
        verify(Cursor::new(bytes.clone()), &demands),
        Err(Fault::OtherKey(_))
    ));
    bytes.truncate(bytes.len() - 30);
    assert!(matches!(verified(bytes), Err(Fault::NoZip(_))));
}

#[test]
fn strange_missing_and_unlisted_entries_are_refused() {
    for name in [
        "../evil",
        "/etc/passwd",
        "data/../x.json",
        "data\\x.json",
        "data/X.json",
        "notes.txt",
    ] {
        let mut files = FILES.to_vec();
        files.push((name, "x"));
        assert!(
            matches!(verified(bundle(&files, &manifest())), Err(Fault::Strange(_))),
            "{name}"
        );
    }
    let mut files = FILES.to_vec();
    files.push(("data/other.json", "[]"));
    assert!(matches!(verified(bundle(&files, &manifest())), Err(Fault::Unlisted(_))));
    assert!(matches!(
        verified(bundle(&FILES[..3], &manifest())),
        Err(Fault::Missing(_))
    ));
    let mut no_schema = manifest();
    no_schema.files[2].schema = None;
    assert!(matches!(verified(bundle(&FILES, &no_schema)), Err(Fault::NoSchema(_))));
}

#[test]
fn an_entry_that_stands_there_twice_is_refused() {
    // The writer refuses doubles, so two entries of one length get one name afterwards.
    let mut files = FILES.to_vec();
    files.push(("data/usagf.json", "[]"));
    let mut bytes = bundle(&files, &manifest());
    for at in 0..bytes.len() - 15 {
        if &bytes[at..at + 15] == b"data/usagf.json" {
            bytes[at + 9] = b'e';
        }
    }
    assert!(matches!(verified(bytes), Err(Fault::Twice)));
}

#[test]
fn a_bomb_is_never_unpacked_beyond_what_was_stated() {
    let zeros = " ".repeat(20_000_000);
    let mut files = FILES;
    files[0].1 = &zeros;
    assert!(matches!(verified(bundle(&files, &manifest())), Err(Fault::Size { .. })));
    let mut honest = manifest();
    honest.files[0].bytes = zeros.len() as u64;
    let demands = Demands {
        max_bytes: Some(1_000_000),
        ..Demands::default()
    };
    assert!(matches!(
        verify(Cursor::new(bundle(&files, &honest)), &demands),
        Err(Fault::TooLarge(1))
    ));
}

#[test]
fn other_documents_signed_by_the_same_key_are_no_export() {
    let mut receipt = manifest();
    receipt.kind = "spectr.erasure".to_owned();
    assert!(matches!(verified(bundle(&FILES, &receipt)), Err(Fault::NoManifest)));
    let mut newer = manifest();
    newer.version = 2;
    assert!(matches!(verified(bundle(&FILES, &newer)), Err(Fault::Newer(2))));
}
