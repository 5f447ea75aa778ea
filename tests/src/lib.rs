//! Black-box tests of the whole server live in `it/`; this library is empty on purpose.
