#![forbid(unsafe_code)]

pub mod assets;
pub mod pages;
