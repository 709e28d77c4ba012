//! Notices (what happened, why, what to do) and badges (a state in one word).

use super::{Icon, Name};
use crate::domain::problem::Problem;
use leptos::prelude::*;

/// What something means; never carried by colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Good,
    Warn,
    Bad,
    Note,
}

impl Tone {
    /// The class that sets the colours.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "tone-good",
            Self::Warn => "tone-warn",
            Self::Bad => "tone-bad",
            Self::Note => "tone-note",
        }
    }

    const fn icon(self) -> Name {
        match self {
            Self::Good => Name::Check,
            Self::Warn | Self::Bad => Name::Alert,
            Self::Plain | Self::Note => Name::Info,
        }
    }
}

/// A message in the page. `Bad` and `Warn` are announced at once, the others politely.
#[component]
pub fn Notice(
    #[prop(optional)] tone: Tone,
    #[prop(into, optional)] title: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let role = if matches!(tone, Tone::Bad | Tone::Warn) {
        "alert"
    } else {
        "status"
    };
    view! {
        <div class=format!("notice {}", tone.class()) role=role>
            <Icon name=tone.icon() />
            <div>
                {(!title.is_empty()).then(|| view! { <p class="notice-title">{title}</p> })}
                {children.map(|children| children())}
            </div>
        </div>
    }
    .into_any()
}

/// A problem in its three parts.
#[component]
pub fn ProblemNotice(problem: Problem) -> impl IntoView {
    view! {
        <Notice tone=Tone::Bad title=problem.code.title()>
            {problem.detail.map(|detail| view! { <p>{detail}</p> })}
            <p>{problem.code.help()}</p>
        </Notice>
    }
    .into_any()
}

/// What the person stopped keeps this page from doing; with the way to lift it. `effect` says what does
/// not happen.
#[component]
pub fn RestrictedNotice(effect: &'static str) -> impl IntoView {
    view! {
        <Notice tone=Tone::Note title=format!("{effect}: you restricted this use of your data")>
            <p>"Lift the restriction under "<a href="/settings/privacy/rights#limits">"Your rights"</a>" to go on."</p>
        </Notice>
    }
    .into_any()
}

/// A state in one word.
#[component]
pub fn Badge(#[prop(optional)] tone: Tone, #[prop(into)] text: String) -> impl IntoView {
    view! { <span class=format!("badge dot {}", tone.class())>{text}</span> }
}
