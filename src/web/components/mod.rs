//! Parts that pages share: rendered on the server, without script.
