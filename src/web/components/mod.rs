//! The design system's components: rendered on the server, plain HTML, no scripts of their own.
//!
//! ```ignore
//! view! {
//!     <AppShell title="API keys" crumbs=vec![("Settings", "/settings")]
//!         action=view! { <a class="button primary" href="#add">"Add key"</a> }.into_any()>
//!         {error.map(|problem| view! { <ProblemNotice problem /> })}
//!         <Panel title="Add a key">
//!             <form class="form" method="post" action="/settings/keys">
//!                 <Field name="label" label="Label" hint="Only you see it." value=form.label error=form.errors.get("label") />
//!                 <div class="form-actions"><button class="button primary">"Seal key"</button></div>
//!             </form>
//!         </Panel>
//!     </AppShell>
//! }
//! ```
//!
//! Classes, by file in `style/`:
//! - layout: `stack` (`stack-tight`, `stack-wide`), `row` (`row-apart`, `row-end`), `columns`, `with-side`, `section`
//! - text: `muted` `faint` `small` `mono` `num` `nowrap` `truncate` `hint` `visually-hidden`
//! - buttons: `button` + `primary` `danger` `danger-quiet` `quiet` `square` `small` `large` `whole` `link`; `segments`
//! - forms: `form` (`form-narrow`), `fields` (side by side), `form-actions`, `copyable`
//! - data: `table` in a [`TableScroll`] (`num`, `actions`, `table-cards` with `data-label`), `figures`/`figure`,
//!   `facts`, `meter`, `badge` (`dot`), `chart`, `legend`, `series-1`…`series-6`, `steps`
//! - meaning: `tone-good` `tone-warn` `tone-bad` `tone-note` on notices, badges, meters
//! - `needs-scripts` hides what does nothing without scripts
//!
//! Behaviour of `public/shell.js`: `data-copy="TEXT"` or `data-copy-from="ID"` on a button copies;
//! POST forms are guarded against a second submit; `data-confirm="QUESTION"` on a button asks first
//! (never the only guard of something that cannot be undone).
//!
//! Never: `style=""`, inline handlers, foreign hosts: the policy of pages refuses them.

mod app_shell;
mod brand;
mod document;
mod field;
mod icon;
mod notice;
mod palette;
mod panel;
mod policy_banner;
mod public_shell;
mod table;

pub use app_shell::{AppShell, Width};
pub use brand::{Brand, Mark};
pub use document::{Document, inline};
pub use field::{CheckField, Field, SelectField, TextField};
pub use icon::{Icon, Name};
pub use notice::{Badge, Notice, ProblemNotice, RestrictedNotice, Tone};
pub use palette::Palette;
pub use panel::{EmptyState, Panel};
pub use policy_banner::ACKNOWLEDGE;
pub use public_shell::PublicShell;
pub use table::TableScroll;
