//! What sealing promises: round trips, and nothing else opens.

use super::*;
use proptest::prelude::*;

fn key(fill: u8) -> DataKey {
    DataKey::from_bytes(Zeroizing::new([fill; 32]))
}

fn place() -> Place {
    Place {
        table: "users",
        column: "email",
        row: Uuid::from_u128(1),
        owner: Uuid::from_u128(2),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_sealed_opens(plain in prop::collection::vec(any::<u8>(), 0..2000)) {
        let sealed = key(1).seal(place(), &plain).unwrap();
        prop_assert_eq!(sealed.len(), plain.len() + OVERHEAD);
        prop_assert_eq!(&*key(1).open(place(), &sealed).unwrap(), &plain);
    }

    #[test]
    fn any_flipped_bit_is_refused(plain in prop::collection::vec(any::<u8>(), 0..60), at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut sealed = key(1).seal(place(), &plain).unwrap();
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert_eq!(key(1).open(place(), &sealed).unwrap_err(), SealError::Open);
    }

    #[test]
    fn any_cut_is_refused(plain in prop::collection::vec(any::<u8>(), 0..60), at in any::<prop::sample::Index>()) {
        let sealed = key(1).seal(place(), &plain).unwrap();
        let at = at.index(sealed.len());
        prop_assert!(key(1).open(place(), &sealed[..at]).is_err());
    }

    #[test]
    fn noise_never_panics_and_never_opens(noise in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(key(1).open(place(), &noise).is_err());
    }
}

#[test]
fn every_single_bit_of_a_value_counts() {
    let sealed = key(1).seal(place(), b"canary").unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(key(1).open(place(), &changed).is_err(), "bit {bit}");
    }
}

#[test]
fn a_value_that_was_moved_does_not_open() {
    let sealed = key(1).seal(place(), b"canary").unwrap();
    let home = place();
    let moved = [
        Place {
            table: "sessions",
            ..home
        },
        Place { column: "name", ..home },
        Place {
            row: Uuid::from_u128(3),
            ..home
        },
        Place {
            owner: Uuid::from_u128(3),
            ..home
        },
        Place {
            row: home.owner,
            owner: home.row,
            ..home
        },
        // The same letters, cut elsewhere.
        Place {
            table: "userse",
            column: "mail",
            ..home
        },
    ];
    for other in moved {
        assert_eq!(key(1).open(other, &sealed).unwrap_err(), SealError::Open, "{other:?}");
    }
    assert!(key(1).open(home, &sealed).is_ok());
}

#[test]
fn another_key_does_not_open_it() {
    let sealed = key(1).seal(place(), b"canary").unwrap();
    assert_eq!(key(2).open(place(), &sealed).unwrap_err(), SealError::Open);
}

#[test]
fn the_same_value_never_looks_the_same() {
    let one = key(1).seal(place(), b"canary").unwrap();
    let two = key(1).seal(place(), b"canary").unwrap();
    assert_ne!(one[1..17], two[1..17], "salt");
    assert_ne!(one[17..29], two[17..29], "nonce");
    assert_ne!(one[29..61], two[29..61], "commitment");
    assert_ne!(one[61..], two[61..], "ciphertext and tag");
}

#[test]
fn the_layout_is_the_documented_one() {
    let sealed = key(1).seal(place(), b"four").unwrap();
    assert_eq!(sealed.len(), 1 + 16 + 12 + 32 + 4 + 16);
    assert_eq!(sealed[0], 1);
    let hkdf = Hkdf::<Sha256>::new(Some(&sealed[1..17]), &[1; 32]);
    let mut commitment = [0; 32];
    hkdf.expand(LABEL_COMMITMENT, &mut commitment).unwrap();
    assert_eq!(sealed[29..61], commitment);
}

#[test]
fn a_version_of_the_future_is_refused() {
    let mut sealed = key(1).seal(place(), b"canary").unwrap();
    sealed[0] = 2;
    assert!(key(1).open(place(), &sealed).is_err());
}

#[test]
fn bytes_that_are_no_text_are_told_apart() {
    let sealed = key(1).seal(place(), &[0xff, 0xfe]).unwrap();
    assert_eq!(key(1).open_text(place(), &sealed).unwrap_err(), SealError::NotText);
    let sealed = key(1).seal(place(), "Žofie".as_bytes()).unwrap();
    assert_eq!(&**key(1).open_text(place(), &sealed).unwrap(), "Žofie");
}

/// The cipher itself against AES-256-GCM test cases 13 to 16 of McGrew and Viega's specification
/// (the source of NIST's and Wycheproof's base vectors), written as key, nonce, associated data,
/// plaintext, ciphertext, tag.
const VECTORS: [[&str; 6]; 4] = [
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000",
        "",
        "",
        "",
        "530f8afbc74536b9a963b4f1c4cb738b",
    ],
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000",
        "",
        "00000000000000000000000000000000",
        "cea7403d4d606b6e074ec5d3baf39d18",
        "d0d1c8a799996bf0265b98b5d48ab919",
    ],
    [
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888",
        "",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
        "b094dac5d93471bdec1a502270e3cc6c",
    ],
    [
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        "76fc6ece0f4e1768cddf8853bb2d551b",
    ],
];

fn decrypts(parts: &[Vec<u8>; 6]) -> Option<Vec<u8>> {
    let [key, nonce, associated, _, body, tag] = parts;
    let cipher = Aes256Gcm::new_from_slice(key).unwrap();
    let mut plain = body.clone();
    let nonce = Nonce::try_from(nonce.as_slice()).unwrap();
    let tag = Tag::try_from(tag.as_slice()).unwrap();
    let opened = cipher.decrypt_inout_detached(&nonce, associated, plain.as_mut_slice().into(), &tag);
    opened.ok().map(|()| plain)
}

#[test]
fn the_cipher_agrees_with_the_published_vectors() {
    for vector in VECTORS {
        let parts = vector.map(|text| hex::decode(text).unwrap());
        let [key, nonce, associated, plain, body, tag] = parts.clone();
        let cipher = Aes256Gcm::new_from_slice(&key).unwrap();
        let mut sealed = plain.clone();
        let nonce = Nonce::try_from(nonce.as_slice()).unwrap();
        let made = cipher
            .encrypt_inout_detached(&nonce, &associated, sealed.as_mut_slice().into())
            .unwrap();
        assert_eq!((sealed, made.to_vec()), (body, tag));
        assert_eq!(decrypts(&parts), Some(plain));
    }
}

/// The invalid cases of Wycheproof's suite for AES-GCM are the valid ones with one thing wrong in
/// the tag (each bit, all bits, first and last bytes), the nonce, the associated data or the body.
#[test]
fn the_cipher_refuses_modified_vectors() {
    for vector in VECTORS {
        let good = vector.map(|text| hex::decode(text).unwrap());
        for part in [1, 2, 4, 5] {
            for bit in 0..good[part].len() * 8 {
                let mut bad = good.clone();
                bad[part][bit / 8] ^= 1 << (bit % 8);
                assert_eq!(decrypts(&bad), None, "part {part}, bit {bit}");
            }
        }
        for tag in [
            vec![0; 16],
            vec![0xff; 16],
            good[5].iter().map(|b| !b).collect::<Vec<_>>(),
            good[5].iter().map(|b| b ^ 0x80).collect(),
        ] {
            let mut bad = good.clone();
            bad[5] = tag;
            assert_eq!(decrypts(&bad), None);
        }
    }
}
