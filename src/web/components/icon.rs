//! The icon set: hairline drawings on a grid of 20, one path each, in the colour of the text.

use leptos::prelude::*;

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident $path:literal;)+) => {
        /// The name of an icon.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Name { $($(#[$doc])* $name,)+ }

        impl Name {
            #[must_use]
            pub const fn path(self) -> &'static str { match self { $(Self::$name => $path,)+ } }
        }
    };
}

icons! {
    Alert "M10 3 18 17H2ZM10 8v4M10 14.4v.1";
    Attach "m15.5 9.5-5.8 5.8a3.6 3.6 0 0 1-5-5l6.5-6.6a2.4 2.4 0 0 1 3.4 3.4l-6.5 6.5a1.2 1.2 0 0 1-1.7-1.7l5.6-5.6";
    Book "M10 5.5C8 4 5 3.8 2.5 4v12c2.5-.2 5.5 0 7.5 1.5 2-1.5 5-1.7 7.5-1.5V4C15 3.8 12 4 10 5.5ZM10 5.5v12";
    /// Light or dark as the system has it.
    Auto "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 3v14M12.5 4.5v11M15 6.5v7";
    Chart "M3 3v14h14M6.5 13.5v-3M10 13.5v-7M13.5 13.5v-5";
    Chat "M4 4h12a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 16 14H9l-4 3.5V14H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 4ZM6.5 7.5h7M6.5 10.5h4.5";
    Check "m4 10.5 4 4 8-9";
    ChevronDown "m5.5 8 4.5 4.5L14.5 8";
    ChevronRight "M8 5.5 12.5 10 8 14.5";
    Clock "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 6v4l2.5 2";
    Close "m5 5 10 10M15 5 5 15";
    Code "m7 6-4 4 4 4M13 6l4 4-4 4M11.5 4l-3 12";
    Compare "M3 4h5.5v12H3ZM11.5 4H17v12h-5.5Z";
    Copy "M7.5 7.5H16V16H7.5ZM12.5 7.5V4H4v8.5h3.5";
    Dashboard "M3 3h6v8H3ZM11 3h6v5h-6ZM11 10h6v7h-6ZM3 13h6v4H3Z";
    Device "M3 4.5h9.5v8.5H3ZM5.5 16h5M14.5 8H17v8h-4v-2.5";
    Download "M10 3v9M6.5 8.5 10 12l3.5-3.5M3.5 14v2.5h13V14";
    Edit "m12.5 4.5 3 3L7 16H4v-3ZM11 6l3 3";
    External "M8 4H4v12h12v-4M11.5 3.5h5v5M16.5 3.5 9.5 10.5";
    Eye "M2 10c2-3.5 4.8-5 8-5s6 1.5 8 5c-2 3.5-4.8 5-8 5s-6-1.5-8-5ZM10 7.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6Z";
    Gear "M10 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5ZM8.8 2.5h2.4l.4 2 1.7 1 2-.7 1.2 2.1-1.5 1.4v1.9l1.5 1.4-1.2 2.1-2-.7-1.7 1-.4 2H8.8l-.4-2-1.7-1-2 .7-1.2-2.1L5 10.2V9.3L3.5 7.9l1.2-2.1 2 .7 1.7-1Z";
    History "M3.5 8a7 7 0 1 1-.4 3.5M3 4v4h4M10 6.5V10l2.5 1.5";
    Info "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 9v4.5M10 6.5v.1";
    Key "M12.5 3a4.5 4.5 0 0 0-4.3 5.8L3 14v3h3.5v-2H8.5v-2l2.2-1.8A4.5 4.5 0 1 0 12.5 3ZM13.5 6.5v.1";
    Link "M8.5 11.5a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.3L10.3 5.4M11.5 8.5a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.3l1.2-1.2";
    Lock "M4.5 9h11v8h-11ZM6.8 9V6.5a3.2 3.2 0 0 1 6.4 0V9M10 12v2";
    Mail "M2.5 4.5h15v11h-15ZM3 5l7 6 7-6";
    Menu "M3 5.5h14M3 10h14M3 14.5h14";
    Moon "M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3Z";
    More "M4.5 10v.1M10 10v.1M15.5 10v.1";
    Plus "M10 4v12M4 10h12";
    Refresh "M16.5 8A7 7 0 1 0 17 11M17 4v4h-4";
    /// Many lines, few causes.
    Report "M4 2.5h8.5L16 6v11.5H4ZM12 2.5V6h4M7 10h6M7 12.7h4M7 15.4h2";
    Search "M8.8 3a5.8 5.8 0 1 0 0 11.6 5.8 5.8 0 0 0 0-11.6ZM13 13l4 4";
    Send "M3 10h13M11 5l5 5-5 5";
    Shield "M10 2.5 16.5 5v5c0 3.5-2.7 6-6.5 7.5C6.2 16 3.5 13.5 3.5 10V5ZM7 10l2.2 2.2L13 8";
    SignOut "M8 3H3.5v14H8M8 10h9M13.5 6.5 17 10l-3.5 3.5";
    Stop "M5.5 5.5h9v9h-9Z";
    Sun "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1";
    Trash "M3.5 5.5h13M8 5.5V3h4v2.5M5 5.5 6 17h8l1-11.5M8.5 8.5v5.5M11.5 8.5v5.5";
    User "M10 3a3.3 3.3 0 1 0 0 6.6A3.3 3.3 0 0 0 10 3ZM3.5 17c.6-3.5 3-5 6.5-5s5.9 1.5 6.5 5";
    Wallet "M3 5h12.5v2.5H17v9H3ZM3 7.5h12.5M13.5 12v.1";
}

/// Decorative: the control around it carries the name.
#[component]
pub fn Icon(name: Name, #[prop(optional)] small: bool) -> impl IntoView {
    let class = if small { "icon icon-small" } else { "icon" };
    view! {
        <svg class=class viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <path d=name.path() />
        </svg>
    }
    .into_any()
}
