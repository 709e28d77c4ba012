//! Shapes and periods of usage figures.
