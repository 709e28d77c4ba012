//! Simulated runs with several known causes, put together from the recorded failures.

use serde_json::Value;
use spectr_reports::causes::cluster::{cluster, gather};
use spectr_reports::causes::evidence::{EVIDENCE, Rarity, evidence};
use spectr_reports::causes::normal::normalise;
use spectr_reports::model::Report;
use spectr_reports::open::Opened;
use std::collections::{BTreeMap, BTreeSet};

/// Runs per project, and causes per run at most.
const RUNS: usize = 20;
const CAUSES: usize = 7;

/// What may come together in one run; `corpus/make.py` says what each measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mix {
    /// Causes of different functions, as defects come in real runs.
    OnePerFunction,
    /// Any changed lines, also of one function.
    AnyLines,
}

/// One run: its reports, and for each failing case of them the number of its cause.
pub struct Labelled {
    pub mix: Mix,
    /// Weights and threshold may be chosen on these; the others are only measured.
    pub is_tuned_on: bool,
    pub project: String,
    /// By cause: the changed line, and the report.
    places: Vec<String>,
    reports: Vec<String>,
    /// By report and case.
    kept: Vec<(usize, usize)>,
    pub causes: Vec<usize>,
}

/// All simulated runs, the same each time.
pub fn runs() -> &'static [Labelled] {
    static ALL: std::sync::LazyLock<Vec<Labelled>> = std::sync::LazyLock::new(|| {
        let mut runs = simulate(Mix::OnePerFunction);
        runs.extend(simulate(Mix::AnyLines));
        runs
    });
    &ALL
}

/// Those of the projects that weights are chosen on, with one defect per function.
pub fn tuned_on() -> impl Iterator<Item = &'static Labelled> {
    let is_wanted = |run: &&Labelled| run.is_tuned_on && run.mix == Mix::OnePerFunction;
    runs().iter().filter(is_wanted)
}

/// An entry of the corpus: the changed line, the function that it stands in, and the report.
struct Entry {
    place: String,
    function: String,
    report: String,
}

impl Entry {
    /// What only one cause of a run stands in: a function of a file.
    fn function(&self) -> (&str, &str) {
        let file = self.place.rsplit_once(':').map_or("", |(file, _)| file);
        (file, &self.function)
    }
}

fn corpus() -> BTreeMap<(String, bool), Vec<Entry>> {
    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/failures.jsonl.gz")).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut text).unwrap();
    let mut projects: BTreeMap<_, Vec<Entry>> = BTreeMap::new();
    for line in text.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let part = |name: &str| entry[name].as_str().unwrap().to_owned();
        let project = (part("project"), entry["is_tuned_on"].as_bool().unwrap());
        projects.entry(project).or_default().push(Entry {
            place: part("cause"),
            function: part("function"),
            report: part("report"),
        });
    }
    projects
}

fn simulate(mix: Mix) -> Vec<Labelled> {
    let mut runs = Vec::new();
    for ((project, is_tuned_on), entries) in corpus() {
        // Of the project's own name, so that a further project changes nothing for the others.
        let mut random = project.bytes().fold(12345_u64, |state, byte| {
            state.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        let mut next = move |below: usize| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as usize % below
        };
        let functions: BTreeSet<_> = entries.iter().map(Entry::function).collect();
        let most = match mix {
            Mix::OnePerFunction => functions.len(),
            Mix::AnyLines => entries.len(),
        };
        for _ in 0..RUNS {
            let wanted = 3 + next(CAUSES - 2);
            let (mut chosen, mut taken) = (BTreeSet::new(), BTreeSet::new());
            while chosen.len() < wanted.min(most) {
                let at = next(entries.len());
                let is_free = taken.insert(entries[at].function());
                if is_free || mix == Mix::AnyLines {
                    chosen.insert(at);
                }
            }
            let chosen = chosen.iter().map(|at| &entries[*at]);
            let (places, reports) = chosen.map(|it| (it.place.clone(), it.report.clone())).unzip();
            runs.push(Labelled::of(mix, &project, is_tuned_on, places, reports));
        }
    }
    runs
}

fn open(reports: &[String]) -> Vec<Report> {
    let mut opened = Opened::default();
    for (at, report) in reports.iter().enumerate() {
        opened.take(&format!("{at}.xml"), report.as_bytes());
    }
    opened.finish()
}

impl Labelled {
    /// A test fails once per run: of two causes that break it, the first one does.
    fn of(mix: Mix, project: &str, is_tuned_on: bool, places: Vec<String>, reports: Vec<String>) -> Self {
        let (mut seen, mut kept, mut causes) = (BTreeSet::new(), Vec::new(), Vec::new());
        for (cause, report) in open(&reports).iter().enumerate() {
            for (at, case) in report.cases.iter().enumerate().filter(|(_, case)| case.status.is_bad()) {
                if seen.insert(format!("{} {}", report.text(case.class), report.text(case.name))) {
                    kept.push((cause, at));
                    causes.push(cause);
                }
            }
        }
        Self {
            mix,
            is_tuned_on,
            project: project.to_owned(),
            places,
            reports,
            kept,
            causes,
        }
    }

    /// The reports with only the failures of this run.
    fn opened(&self, reports: &[String]) -> Vec<Report> {
        let mut opened = open(reports);
        for (number, report) in opened.iter_mut().enumerate() {
            let own: BTreeSet<usize> = self
                .kept
                .iter()
                .filter(|(it, _)| *it == number)
                .map(|(_, case)| *case)
                .collect();
            let mut at = 0;
            report.cases.retain(|_| {
                at += 1;
                own.contains(&(at - 1))
            });
        }
        opened
    }

    /// Its exact groups, each as the changed line and the number of members per cause, and the evidence of all pairs.
    pub fn pairs(&self) -> (Vec<String>, Vec<[f64; EVIDENCE]>) {
        let opened = self.opened(&self.reports);
        let groups = gather(&opened.iter().collect::<Vec<_>>());
        let told = groups.values().map(|group| {
            let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
            for member in &group.members {
                *counts.entry(member.report).or_default() += 1;
            }
            let told: Vec<String> = counts
                .iter()
                .map(|(cause, count)| format!("{}={count}", self.places[*cause]))
                .collect();
            told.join(" ")
        });
        let told = told.collect();
        let features: Vec<_> = groups.into_values().map(|group| group.features).collect();
        let rarity = Rarity::of(features.iter());
        let pairs = features.iter().enumerate();
        let pairs = pairs.flat_map(|(at, a)| {
            features[at + 1..]
                .iter()
                .map(|b| evidence(a, b, &rarity))
                .collect::<Vec<_>>()
        });
        (told, pairs.collect())
    }

    fn grouped(&self, reports: &[String]) -> Vec<usize> {
        let opened = self.opened(reports);
        let clusters = cluster(&opened.iter().collect::<Vec<_>>());
        let mut of = BTreeMap::new();
        for (number, cluster) in clusters.iter().enumerate() {
            of.extend(cluster.members().map(|member| ((member.report, member.case), number)));
        }
        let counts = opened
            .iter()
            .enumerate()
            .flat_map(|(number, report)| (0..report.cases.len()).map(move |at| (number, at)));
        counts.map(|key| of[&key]).collect()
    }

    pub fn clusters(&self) -> Vec<usize> {
        self.grouped(&self.reports)
    }

    /// The same with times, ids, ports and addresses put into every message.
    pub fn noisy_clusters(&self) -> Vec<usize> {
        let mut count = 0_usize;
        let mut noise = || {
            count += 1;
            let n = count.wrapping_mul(2_654_435_761) % 1_000_000;
            let time = format!(
                "2026-11-{:02}T10:{:02}:{:02}.{:03}Z",
                n % 28 + 1,
                n % 60,
                n % 59,
                n % 1000
            );
            format!(
                " [{time} req={n:08x}-52bd-4c1a-9f00-{n:012x} 10.0.0.7:{} 0x7f{n:06x} /tmp/run{n}/a/b.txt]",
                30000 + n % 9999
            )
        };
        let is_told = |line: &str| {
            ["E   ", "[ERR_ASSERTION]: ", "` failed"]
                .iter()
                .any(|sign| line.contains(sign))
        };
        let mut noisy = |report: &String| -> String {
            let lines = report.lines().map(|line| {
                if is_told(line) {
                    format!("{line}{}\n", noise())
                } else {
                    format!("{line}\n")
                }
            });
            lines.collect()
        };
        let reports: Vec<String> = self.reports.iter().map(&mut noisy).collect();
        self.grouped(&reports)
    }

    fn by(&self, key: impl Fn(&str) -> String) -> Vec<usize> {
        let reports = open(&self.reports);
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        self.kept
            .iter()
            .map(|(number, case)| {
                let report = &reports[*number];
                let failure = report.verdict(&report.cases[*case]).unwrap();
                let message = report.text(failure.message);
                let message = if message.is_empty() {
                    report.text(failure.stack)
                } else {
                    message
                };
                let next = numbers.len();
                *numbers.entry(key(message)).or_insert(next)
            })
            .collect()
    }

    /// Baseline: equal messages.
    pub fn by_message(&self) -> Vec<usize> {
        self.by(str::to_owned)
    }

    /// Baseline: equal templates, as log miners make them.
    pub fn by_template(&self) -> Vec<usize> {
        self.by(|message| normalise(message.lines().next().unwrap_or_default()))
    }
}
