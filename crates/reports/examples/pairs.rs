//! Writes the evidence of all pairs of exact groups in simulated runs, of the projects that weights are chosen on and with
//! one defect per function, for `corpus/train.py`: `run <project>`, then `group <changed line>=<members> …` for each group of the run,
//! then one line of numbers per pair, in order.

#[path = "../tests/it/labelled.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "shared with the tests, which use more of it"
)]
mod labelled;

#[expect(clippy::print_stdout, reason = "its result")]
fn main() {
    for run in labelled::tuned_on() {
        println!("run {}", run.project);
        let (groups, pairs) = run.pairs();
        for group in groups {
            println!("group {group}");
        }
        for pair in pairs {
            let numbers: Vec<String> = pair.iter().map(|it| format!("{it:.4}")).collect();
            println!("{}", numbers.join(" "));
        }
    }
}
