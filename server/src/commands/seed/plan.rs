//! What there shall be: a pure function of the sizes, the seed and the time, so that the same call fills another server with
//! the same data.

use std::collections::BTreeSet;

use super::dice::Dice;
use super::groups::{Group, THEMES};
use super::people::{Person, cast};
use super::talk::{Chat, Party, chats};

/// The first people know many others, and talk with all of them: a demo signs in as one of them.
pub(super) const POPULAR: usize = 3;

/// How much there shall be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub(super) users: usize,
    pub(super) groups: usize,
    pub(super) messages: usize,
}

/// Everything that is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) people: Vec<Person>,
    /// Pairs of places, the smaller one first.
    pub(super) friends: Vec<(usize, usize)>,
    /// Who asks whom, and with which words.
    pub(super) requests: Vec<(usize, usize, &'static str)>,
    /// Who has blocked whom.
    pub(super) blocks: Vec<(usize, usize)>,
    pub(super) groups: Vec<Group>,
    pub(super) chats: Vec<Chat>,
}

const GREETINGS: &[&str] = &[
    "Hi, we met at the conference!",
    "你好，我是新来的同事",
    "Hola, ¿me agregas?",
    "はじめまして",
    "Emma gave me your name",
    "Hallo, ich bin neu hier",
    "مرحباً",
    "Can I ask you something about the project?",
];

impl Plan {
    /// Thinks it up. `now` is the end of the talk, in milliseconds.
    pub(super) fn new(sizes: Sizes, seed: u64, now: i64) -> Self {
        let mut dice = Dice::new(seed);
        let mut people = cast(sizes.users);
        let mut faces = dice.fork();
        for person in &mut people {
            let drawn = faces.next();
            person.face = faces.chance(80).then_some(drawn);
        }
        let friends = friends(&mut dice.fork(), &people);
        let known: BTreeSet<_> = friends.iter().copied().collect();
        let strangers = strangers(&mut dice.fork(), people.len(), &known);
        let mut greet = dice.fork();
        let third = strangers.len() / 4;
        let requests = strangers.iter().skip(third).filter_map(|pair| Some((pair.0, pair.1, *greet.pick(GREETINGS)?))).collect();
        let blocks = strangers.iter().take(third).copied().collect();
        let groups = groups(&mut dice.fork(), &people, sizes.groups);
        let chats = chats(&mut dice.fork(), &people, &friends, &groups, sizes.messages, now);
        Self { people, friends, requests, blocks, groups, chats }
    }

    /// Returns how many messages are sent.
    pub(super) fn messages(&self) -> usize {
        self.chats.iter().map(|chat| chat.lines.len()).sum()
    }

    /// Returns who takes part in a chat.
    pub(super) fn members(&self, chat: &Chat) -> Vec<usize> {
        match chat.party {
            Party::Pair(one, other) => vec![one, other],
            Party::Group(place) => self.groups.get(place).map(|group| group.members.clone()).unwrap_or_default(),
        }
    }
}

/// Everybody knows a few others, more often those who speak alike.
fn friends(dice: &mut Dice, people: &[Person]) -> Vec<(usize, usize)> {
    let mut pairs = BTreeSet::new();
    for (place, person) in people.iter().enumerate() {
        let many = if place < POPULAR { 5 } else { 0 };
        for _ in 0..(2 + many + dice.below(4)) {
            let alike: Vec<_> =
                (0..people.len()).filter(|other| people.get(*other).is_some_and(|one| one.tongue == person.tongue)).collect();
            let other = if dice.chance(50) { dice.pick(&alike).copied().unwrap_or(0) } else { dice.below(people.len()) };
            if other != place {
                pairs.insert((place.min(other), place.max(other)));
            }
        }
    }
    pairs.into_iter().collect()
}

/// Pairs that know nothing of each other, for requests and black lists; each only once.
fn strangers(dice: &mut Dice, people: usize, known: &BTreeSet<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut found = Vec::new();
    for _ in 0..(people / 2).min(200) {
        let (one, other) = (dice.below(people), dice.below(people));
        let key = (one.min(other), one.max(other));
        if one != other && !known.contains(&key) && pairs.insert(key) {
            found.push((one, other));
        }
    }
    found
}

fn groups(dice: &mut Dice, people: &[Person], count: usize) -> Vec<Group> {
    let all: Vec<usize> = (0..people.len()).collect();
    let one = |number: usize| {
        let theme = *THEMES.get(number % THEMES.len())?;
        let (speakers, others): (Vec<_>, Vec<_>) =
            all.iter().partition(|place| people.get(**place).is_some_and(|person| person.tongue == theme.tongue));
        let size = (people.len() * theme.share / 100).clamp(3.min(people.len()), 500);
        let mut members = dice.some(&speakers, size);
        members.extend(dice.some(&others, size.saturating_sub(members.len())));
        let outside: Vec<_> = all.iter().copied().filter(|place| !members.contains(place)).collect();
        let applicants = if theme.verification == "NOBODY" { Vec::new() } else { dice.some(&outside, dice.clone().below(3)) };
        let (id, name) = match number / THEMES.len() {
            0 => (theme.id.to_owned(), theme.name.to_owned()),
            round => (format!("{}{}", theme.id, round + 1), format!("{} {}", theme.name, round + 1)),
        };
        Some(Group { id, name, theme, admins: (size / 8).min(3), members, applicants })
    };
    if people.len() < 2 { Vec::new() } else { (0..count).filter_map(one).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_770_000_000_000;

    fn plan(seed: u64) -> Plan {
        Plan::new(Sizes { users: 40, groups: 12, messages: 3_000 }, seed, NOW)
    }

    #[test]
    fn the_same_seed_makes_the_same_plan() {
        assert_eq!(plan(5), plan(5));
        assert_ne!(plan(5), plan(6));
    }

    #[test]
    fn the_plan_has_what_was_asked_for_and_nothing_from_the_future() {
        let plan = plan(1);
        assert_eq!((plan.people.len(), plan.groups.len(), plan.messages()), (40, 12, 3_000));
        assert!(plan.requests.len() >= 5 && !plan.blocks.is_empty());
        for chat in &plan.chats {
            let members = plan.members(chat);
            assert!(chat.lines.windows(2).all(|two| two[0].at <= two[1].at), "in order of time");
            assert!(chat.lines.iter().all(|line| line.at < NOW && members.contains(&line.sender)));
        }
    }

    #[test]
    fn tiny_sizes_are_possible() {
        let plan = Plan::new(Sizes { users: 2, groups: 1, messages: 10 }, 1, NOW);
        assert_eq!(plan.messages(), 10);
        let nobody = Plan::new(Sizes { users: 0, groups: 3, messages: 10 }, 1, NOW);
        assert_eq!((nobody.messages(), nobody.groups.len()), (0, 0));
    }
}
