//! Labels, hints and states of provider keys. No key material passes through here.
