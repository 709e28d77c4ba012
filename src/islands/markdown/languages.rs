//! What the highlighter knows of languages: one table, coarse on purpose.

/// How a family of languages writes comments, strings and words that matter.
pub struct Language {
    pub names: &'static [&'static str],
    /// Markers that begin a comment to the end of the line.
    pub line_comments: &'static [&'static str],
    /// Begin and end of a comment over several lines.
    pub block_comment: Option<(&'static str, &'static str)>,
    /// Characters that enclose strings.
    pub quotes: &'static [char],
    /// Words with a meaning of their own, separated by spaces.
    pub keywords: &'static str,
    /// Keywords count in any case (SQL, Gherkin's steps do not).
    pub ignores_case: bool,
}

const C_LIKE: &str = "abstract as assert async await base bool boolean break byte case catch char class const continue \
    crate debugger default defer delete do double dyn else enum export extends extern false final finally float fn for \
    foreach from fun func function get go goto if impl implements import in instanceof int interface internal is let \
    lock long loop match mod move mut namespace new nil null object of open operator out override package params \
    private protected pub public range readonly ref return select self Self set short static string struct super \
    switch this throw throws trait true try type typeof undefined union unsafe use using val var virtual void volatile \
    when where while with yield";

pub const LANGUAGES: &[Language] = &[
    Language {
        names: &[
            "js",
            "javascript",
            "jsx",
            "ts",
            "typescript",
            "tsx",
            "mjs",
            "java",
            "kotlin",
            "kt",
            "c",
            "h",
            "cpp",
            "c++",
            "cs",
            "csharp",
            "go",
            "rust",
            "rs",
            "swift",
            "scala",
            "dart",
            "php",
            "groovy",
        ],
        line_comments: &["//"],
        block_comment: Some(("/*", "*/")),
        quotes: &['"', '\'', '`'],
        keywords: C_LIKE,
        ignores_case: false,
    },
    Language {
        names: &["python", "py", "ruby", "rb", "robot"],
        line_comments: &["#"],
        block_comment: None,
        quotes: &['"', '\''],
        keywords: "False None True and as assert async await begin break case class continue def del do elif else elsif \
            end ensure except false finally for from global if import in is lambda match module nil nonlocal not or pass \
            raise require rescue return self then true try unless until when while with yield",
        ignores_case: false,
    },
    Language {
        names: &[
            "sh",
            "bash",
            "shell",
            "zsh",
            "console",
            "dockerfile",
            "docker",
            "makefile",
            "make",
            "fish",
        ],
        line_comments: &["#"],
        block_comment: None,
        quotes: &['"', '\''],
        keywords: "case do done elif else esac exit export fi for function if in local return set then until while cd \
            echo sudo FROM RUN COPY CMD ENTRYPOINT ENV WORKDIR EXPOSE ARG ADD USER",
        ignores_case: false,
    },
    Language {
        names: &["yaml", "yml", "toml", "ini", "properties", "env", "conf"],
        line_comments: &["#"],
        block_comment: None,
        quotes: &['"', '\''],
        keywords: "true false null yes no on off",
        ignores_case: false,
    },
    Language {
        names: &["json", "jsonc", "json5"],
        line_comments: &["//"],
        block_comment: None,
        quotes: &['"'],
        keywords: "true false null",
        ignores_case: false,
    },
    Language {
        names: &["sql", "postgresql", "sqlite", "mysql"],
        line_comments: &["--"],
        block_comment: Some(("/*", "*/")),
        quotes: &['\'', '"'],
        keywords: "add all alter and as asc begin between by case check column commit constraint create cross default \
            delete desc distinct drop else end exists foreign from full group having if in index inner insert into is \
            join key left like limit not null offset on or order outer primary references returning right rollback \
            select set table then transaction union unique update using values view when where with",
        ignores_case: true,
    },
    Language {
        names: &["html", "xml", "svg", "vue", "svelte"],
        line_comments: &[],
        block_comment: Some(("<!--", "-->")),
        quotes: &['"', '\''],
        keywords: "",
        ignores_case: false,
    },
    Language {
        names: &["css", "scss", "less"],
        line_comments: &[],
        block_comment: Some(("/*", "*/")),
        quotes: &['"', '\''],
        keywords: "important media supports keyframes layer import inherit initial unset none auto",
        ignores_case: false,
    },
    Language {
        names: &["gherkin", "feature", "cucumber"],
        line_comments: &["#"],
        block_comment: None,
        quotes: &['"'],
        keywords: "Feature Background Scenario Outline Examples Example Rule Given When Then And But",
        ignores_case: false,
    },
];

/// The language of a fence's info string, `None` where it is not one of ours.
#[must_use]
pub fn find(name: &str) -> Option<&'static Language> {
    let name = name.to_ascii_lowercase();
    LANGUAGES
        .iter()
        .find(|language| language.names.contains(&name.as_str()))
}
