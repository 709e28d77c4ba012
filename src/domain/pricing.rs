//! What a call costs: a dated price table in integer nano-USD, unknown prices stay unknown.
