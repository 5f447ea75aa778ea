//! Reads an export of OpenIM.
