//! The formats by name.

use serde::{Serialize, Serializer};

macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident $id:literal $name:literal,)*) => {
        /// A report format that is read here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Format { $($(#[$doc])* $variant,)* }

        impl Format {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word in JSON.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// The name for people.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

formats! {
    /// Surefire, pytest, jest-junit, Playwright, nextest, gotestsum, GoogleTest and many others.
    JUnit "junit" "JUnit XML",
    Trx "trx" "Visual Studio TRX",
    NUnit "nunit" "NUnit XML",
    XUnit "xunit" "xUnit.net XML",
    Robot "robot" "Robot Framework output.xml",
    CTest "ctest" "CTest Test.xml",
    Boost "boost" "Boost.Test XML",
    CppUnit "cppunit" "CppUnit XML",
    CUnit "cunit" "CUnit XML",
    Check "check" "Check XML",
    Allure1 "allure1" "Allure 1 XML",
    Allure "allure" "Allure results",
    Ctrf "ctrf" "CTRF",
    Playwright "playwright" "Playwright JSON",
    /// Also Cypress.
    Mocha "mocha" "Mocha JSON",
    Mochawesome "mochawesome" "Mochawesome JSON",
    /// Also Vitest.
    Jest "jest" "Jest JSON",
    RSpec "rspec" "RSpec JSON",
    Cucumber "cucumber" "Cucumber JSON",
    GoogleTest "googletest" "GoogleTest JSON",
    PytestJson "pytest-json" "pytest JSON",
    PytestLog "pytest-reportlog" "pytest report log",
    GoTest "go-test" "go test -json",
    LibTest "libtest" "libtest JSON",
    Dart "dart" "Dart JSON",
    Tap "tap" "TAP",
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}
