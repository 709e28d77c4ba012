//! Documents for reading as data: sections of paragraphs and lists, rendered by a page or as plain text.

/// A titled part of a legal page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Anchor on the page.
    pub id: &'static str,
    pub title: &'static str,
    pub blocks: Vec<Block>,
}

/// Paragraphs may hold links, written `[words](address)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Text(String),
    /// What, and the sentence about it; an empty first half makes a plain list.
    List(Vec<(&'static str, String)>),
    /// Rows as long as the head.
    Table {
        head: &'static [&'static str],
        rows: Vec<Vec<String>>,
    },
}

impl Section {
    #[must_use]
    pub fn new(id: &'static str, title: &'static str, blocks: Vec<Block>) -> Self {
        Self { id, title, blocks }
    }
}

/// A paragraph.
#[must_use]
pub fn text(text: impl Into<String>) -> Block {
    Block::Text(text.into())
}

/// A list of names with their sentences.
#[must_use]
pub fn list(items: impl IntoIterator<Item = (&'static str, String)>) -> Block {
    Block::List(items.into_iter().collect())
}

/// Sections as plain text, one line per paragraph or entry.
#[must_use]
pub fn plain(sections: &[Section]) -> String {
    let mut out = String::new();
    for section in sections {
        out.push_str(section.title);
        out.push('\n');
        for block in &section.blocks {
            match block {
                Block::Text(text) => out.push_str(text),
                Block::List(items) => {
                    let lines: Vec<String> = items.iter().map(|(name, text)| format!("- {name}: {text}")).collect();
                    out.push_str(&lines.join("\n"));
                }
                Block::Table { head, rows } => {
                    let lines: Vec<String> = rows.iter().map(|row| row.join(" | ")).collect();
                    out.push_str(&format!("{}\n{}", head.join(" | "), lines.join("\n")));
                }
            }
            out.push('\n');
        }
        out.push('\n');
    }
    out
}
