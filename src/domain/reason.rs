//! Why a value has no product.

/// The value-level reasons: ONE table of wording, charge and rerun. Request-level refusals are another table (the HTTP
/// room's), since no value exists yet when they are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The source was searched and has no such product. Costs what a found product costs.
    NotFound,
    /// Wrong check digit, malformed source id, over-long value. Never fetched.
    InvalidValue,
    /// The operator switched the value off.
    ValueDisabled,
    /// The source did not answer, or answered with a block, after all retries.
    FailedToAccessSource,
    /// The page came but was not understood.
    Error,
    /// The job's own deadline passed first.
    Timeout,
    /// The job's credit cap was reached first.
    CreditLimitReached,
}

struct Row {
    wording: &'static str,
    charged: bool,
    is_rerun: bool,
    meaning: &'static str,
}

impl Reason {
    pub const ALL: [Reason; 7] = [
        Reason::NotFound,
        Reason::InvalidValue,
        Reason::ValueDisabled,
        Reason::FailedToAccessSource,
        Reason::Error,
        Reason::Timeout,
        Reason::CreditLimitReached,
    ];

    fn row(self) -> Row {
        let row = |wording, charged, is_rerun, meaning| Row { wording, charged, is_rerun, meaning };
        match self {
            Reason::NotFound => row("not found", true, true, "the source was searched and lists no such product"),
            Reason::InvalidValue => row(
                "invalid value",
                false,
                false,
                "the value cannot exist (check digit, form, length); it was never fetched",
            ),
            Reason::ValueDisabled => {
                row("value disabled", false, true, "the operator of this service switched the value off")
            }
            Reason::FailedToAccessSource => row(
                "failed to access source",
                false,
                true,
                "the source could not be reached, or refused us, after all retries",
            ),
            Reason::Error => row("error", false, true, "a page came back but could not be understood"),
            Reason::Timeout => row("timeout", false, true, "the job's deadline passed before the value's turn"),
            Reason::CreditLimitReached => {
                row("credit limit reached", false, true, "the job's credit cap was used up before the value's turn")
            }
        }
    }

    /// The words the API answers.
    pub fn wording(self) -> &'static str {
        self.row().wording
    }

    /// Whether a value that ended so costs credits.
    pub fn is_charged(self) -> bool {
        self.row().charged
    }

    /// Whether a rerun asks such a value again: what cannot exist will not exist tomorrow; everything else may end otherwise,
    /// a product that was not listed too.
    pub fn is_rerun(self) -> bool {
        self.row().is_rerun
    }

    /// One sentence for the documentation.
    pub fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// The reason with these words.
    pub fn from_wording(wording: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.wording() == wording)
    }
}
