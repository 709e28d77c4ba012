//! What a person may agree to, in the exact words that are agreed to. Nothing here is on by default.
//!
//! A changed text is a new agreement: the record holds the SHA-256 of the words that stood on the page.

macro_rules! consents {
    ($($(#[$doc:meta])* $variant:ident $id:literal $name:literal $text:literal;)+) => {
        /// One thing that a person may agree to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ConsentKind { $($(#[$doc])* $variant,)+ }

        impl ConsentKind {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word in forms, in the table and in exports. A mail that rests on it has it as its kind.
            #[must_use]
            pub const fn id(self) -> &'static str { match self { $(Self::$variant => $id,)+ } }

            /// A few words for lists.
            #[must_use]
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name,)+ } }

            /// The words that are agreed to.
            #[must_use]
            pub const fn text(self) -> &'static str { match self { $(Self::$variant => $text,)+ } }
        }
    };
}

consents! {
    /// Mails about new features.
    ProductNews "marketing_product_news" "Product news by mail"
        "I want to get mails about new features of Spectr. I can stop them at any time; what is queued then is not sent.";
    /// Mails that ask for opinions.
    Surveys "marketing_surveys" "Surveys and interviews by mail"
        "I want to be asked by mail for my opinion about Spectr. I can stop this at any time; what is queued then is not sent.";
    /// Spans to LangSmith, with the person's own key.
    LangSmithTracing "langsmith_tracing" "Tracing to LangSmith"
        "Spectr may send metadata of my calls (provider, model, times, token counts, outcome; never a prompt or an answer) to LangSmith with my own key. I can stop this at any time.";
}

impl ConsentKind {
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.id() == id)
    }

    /// Whether mails rest on it. The database refuses such a mail without a live consent.
    #[must_use]
    pub fn is_marketing(self) -> bool {
        self.id().starts_with("marketing")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_word_and_says_how_to_stop() {
        for kind in ConsentKind::ALL {
            assert_eq!(ConsentKind::parse(kind.id()), Some(*kind));
            assert!(kind.text().contains("at any time"), "{kind:?}");
        }
        assert!(ConsentKind::parse("marketing").is_none());
    }

    #[test]
    fn only_marketing_is_marketing() {
        assert!(ConsentKind::ProductNews.is_marketing() && ConsentKind::Surveys.is_marketing());
        assert!(!ConsentKind::LangSmithTracing.is_marketing());
    }
}
