//! What a process of a deployment does.

use std::fmt;

use serde::Deserialize;

/// One part of the house that a process can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The doors and the federation.
    Gateway,
    /// The users subgraph.
    Users,
    /// The relations subgraph.
    Relations,
    /// The groups subgraph.
    Groups,
    /// The messages subgraph.
    Messages,
    /// The conversations subgraph.
    Conversations,
    /// The third subgraph.
    Third,
    /// The outbox relay, the handlers of events and the sweepers.
    Worker,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] =
        [Self::Gateway, Self::Users, Self::Relations, Self::Groups, Self::Messages, Self::Conversations, Self::Third, Self::Worker];

    /// Returns the word for it; for a subgraph it is the subgraph's name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Users => "users",
            Self::Relations => "relations",
            Self::Groups => "groups",
            Self::Messages => "messages",
            Self::Conversations => "conversations",
            Self::Third => "third",
            Self::Worker => "worker",
        }
    }
}

/// The roles of this process.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Roles(Vec<Role>);

impl Roles {
    /// The words that are understood.
    pub const WORDS: [&str; 9] = ["all", "gateway", "users", "relations", "groups", "messages", "conversations", "third", "worker"];

    /// Reads roles; `None` for an unknown word, no role, or "all" beside another one.
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut roles = Vec::new();
        let mut all = false;
        for word in words {
            match Role::ALL.into_iter().find(|role| role.word() == word) {
                Some(role) if !roles.contains(&role) => roles.push(role),
                Some(_) => {}
                None if word == "all" => all = true,
                None => return None,
            }
        }
        match (all, roles.is_empty()) {
            (true, true) => Some(Self(Role::ALL.to_vec())),
            (false, false) => {
                roles.sort_unstable();
                Some(Self(roles))
            }
            _ => None,
        }
    }

    /// Tells whether this process does everything.
    pub fn is_all(&self) -> bool {
        self.0.len() == Role::ALL.len()
    }

    /// Tells whether this process has a role.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Returns the roles, in the order of [`Role::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Role> + '_ {
        self.0.iter().copied()
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() {
            return f.write_str("all");
        }
        f.write_str(&self.0.iter().map(|role| role.word()).collect::<Vec<_>>().join(","))
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<Vec<String>> for Roles {
    type Error = &'static str;

    fn try_from(words: Vec<String>) -> Result<Self, Self::Error> {
        Self::parse(words.iter().map(String::as_str)).ok_or("unknown role")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_stands_alone_and_unknown_words_are_refused() {
        assert_eq!(Roles::parse(["all"]).map(|roles| roles.to_string()), Some("all".into()));
        assert_eq!(Roles::parse(["worker", "gateway", "worker"]).map(|roles| roles.to_string()), Some("gateway,worker".into()));
        assert!(Roles::parse(Role::ALL.map(Role::word)).is_some_and(|roles| roles.is_all()));
        for bad in [&["all", "users"][..], &[], &["rooms"]] {
            assert_eq!(Roles::parse(bad.iter().copied()), None);
        }
    }
}
