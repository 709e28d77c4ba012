//! Limits of requests, streams and money, as pure arithmetic.
