//! What a master ring may look like, and how the operator learns what is wrong with it.

use super::*;
use std::os::unix::fs::PermissionsExt;

const ONE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const TWO: &str = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn refused(text: &str) -> String {
    Ring::parse(text).err().unwrap().to_string()
}

#[test]
fn the_first_line_seals_and_comments_are_skipped() {
    let ring = Ring::parse(&format!("# keys\n\n  new:{ONE}\r\nold:{TWO}\n"))
        .ok()
        .unwrap();
    assert_eq!(ring.first().unwrap().kid, "new");
    assert_eq!(ring.kids().collect::<Vec<_>>(), ["new", "old"]);
    assert!(ring.find("old").is_some() && ring.find("other").is_none());
}

#[test]
fn one_line_with_commas_is_a_ring_too() {
    let ring = Ring::parse(&format!("new:{ONE}, old:{TWO}")).ok().unwrap();
    assert_eq!(ring.kids().count(), 2);
}

#[test]
fn every_mistake_is_named_with_its_line_and_without_the_key() {
    assert!(refused(&format!("a:{ONE}\nb:AAAA")).contains("line 2") && refused("b:AAAA").contains("3 bytes"));
    assert!(refused("secret-without-colon").contains("no colon"));
    assert!(!refused("secret-without-colon").contains("secret"));
    assert!(refused("a:not base64!").contains("not base64"));
    assert!(refused(&format!("ä:{ONE}")).contains("letters"));
    assert!(refused(&format!("a:{ONE}\na:{TWO}")).contains("stands twice"));
    assert!(refused(&format!("a:{ONE}\nb:{ONE}")).contains("the same key"));
    assert!(refused("\n# nothing\n").contains("no master key"));
}

#[test]
fn a_missing_file_is_made_once_with_mode_0400() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.keys");
    let source = MasterKeys::File {
        path: path.clone(),
        may_create: true,
    };
    assert!(matches!(Ring::load(&source, false), Err(RingError::Missing { .. })));
    let kids: Vec<String> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| Ring::load(&source, true).ok().unwrap().first().unwrap().kid.clone()))
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(kids.iter().all(|kid| *kid == kids[0]), "{kids:?}");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o400);
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

#[test]
fn a_folder_in_place_of_the_file_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let source = MasterKeys::File {
        path: folder.path().to_owned(),
        may_create: true,
    };
    let error = Ring::load(&source, true).err().unwrap();
    assert!(matches!(error, RingError::Unreadable { .. }), "{error}");
}

#[test]
fn lines_are_removed_without_touching_the_others() {
    let text = format!("# mine\na:{ONE}\nb:{TWO}\nc:x,b:y\n");
    let left = without(&text, &["b".to_owned()]);
    assert_eq!(left.as_str(), format!("# mine\na:{ONE}\nc:x\n"));
}
