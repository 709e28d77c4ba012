//! How well failures are grouped by cause, on labelled failures that real runners reported.
//!
//! The corpus is made by `corpus/make.py`. Projects the weights were tuned on are measured apart from
//! those that they have never seen.

use super::labelled::{self, Labelled};
use super::scores::Scores;

fn measure(group: impl Fn(&Labelled) -> Vec<usize>, wanted: impl Fn(&Labelled) -> bool) -> Scores {
    let runs = labelled::runs();
    let scores: Vec<Scores> = runs
        .iter()
        .filter(|run| wanted(run))
        .map(|run| Scores::of(&run.causes, &group(run)))
        .collect();
    Scores::mean(&scores)
}

fn is_new(run: &Labelled) -> bool {
    !run.is_tuned_on
}

#[test]
fn causes_are_found_better_than_by_messages_or_templates_on_projects_never_tuned_on() {
    let own = measure(Labelled::clusters, is_new);
    let message = measure(Labelled::by_message, is_new);
    let template = measure(Labelled::by_template, is_new);
    // Floors against going back, below what was measured (V .828, ARI .675, homogeneity .905; equal messages .736,
    // .301, .991). The aim is V .85, ARI .80, homogeneity .95. Of the tuned projects, a grouping that knew each cause
    // and only kept exception types apart would reach V .91 and ARI .84.
    assert!(
        own.v >= 0.81 && own.rand >= 0.64 && own.homogeneity >= 0.89,
        "{own}; equal messages {message}; equal templates {template}"
    );
    assert!(
        own.v > message.v && own.rand > message.rand,
        "{own}, equal messages {message}"
    );
    assert!(
        own.v > template.v && own.rand > template.rand,
        "{own}, equal templates {template}"
    );
}

#[test]
fn noise_changes_next_to_nothing() {
    let plain = measure(Labelled::clusters, |_| true);
    let noisy = measure(Labelled::noisy_clusters, |_| true);
    assert!((plain.rand - noisy.rand).abs() < 0.02, "{plain} became {noisy}");
}
