//! Who says what to whom, and when: exchanges in the language of a group or a pair, spread over some days.

use super::dice::Dice;
use super::groups::Group;
use super::people::{Person, Tongue};
use super::phrases::{CORRECTIONS, EMOJIS, exchanges};
use super::plan::POPULAR;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// How many days back the talk goes.
const DAYS: i64 = 14;
const PLATFORMS: &[&str] = &["IOS", "ANDROID", "WEB", "WINDOWS", "MACOS", "ANDROID", "IOS"];

/// Whose chat it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    /// Two people, by their places.
    Pair(usize, usize),
    /// A group, by its place.
    Group(usize),
}

/// One chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chat {
    pub(super) party: Party,
    pub(super) lines: Vec<Line>,
    /// Who has not read how many of the newest lines.
    pub(super) unread: Vec<(usize, usize)>,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) sender: usize,
    /// When, in milliseconds.
    pub(super) at: i64,
    pub(super) platform: &'static str,
    pub(super) says: Says,
    pub(super) reactions: Vec<(usize, &'static str)>,
    /// What the text was changed to.
    pub(super) edited: Option<String>,
    pub(super) pinned: bool,
    pub(super) revoked: bool,
}

/// What a message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Says {
    Text(String),
    Mention(String, usize),
    /// Answers the line before.
    Answer(String),
    Picture(u64),
    File(u64),
    Voice(u64),
    Place,
    Card(usize),
}

/// Thinks up the talk of everybody; `messages` in all.
pub(super) fn chats(
    dice: &mut Dice,
    people: &[Person],
    friends: &[(usize, usize)],
    groups: &[Group],
    messages: usize,
    now: i64,
) -> Vec<Chat> {
    let (mut pairs, others): (Vec<_>, Vec<_>) = friends.iter().partition(|pair| pair.0 < POPULAR);
    pairs.extend(dice.some(&others, others.len() / 2));
    let mut parties: Vec<(Party, usize)> = groups.iter().enumerate().map(|(place, _)| (Party::Group(place), 12 + dice.below(30))).collect();
    parties.extend(pairs.into_iter().map(|(one, other)| (Party::Pair(one, other), 1 + dice.below(8))));
    let weights: usize = parties.iter().map(|(_, weight)| weight).sum();
    let mut left = if parties.is_empty() { 0 } else { messages };
    let last = parties.len().saturating_sub(1);
    let mut chats = Vec::with_capacity(parties.len());
    for (place, (party, weight)) in parties.into_iter().enumerate() {
        let share = if place == last { left } else { (messages * weight / weights.max(1)).min(left) };
        left -= share;
        chats.push(chat(&mut dice.fork(), people, groups, (party, share), now));
    }
    chats
}

fn chat(dice: &mut Dice, people: &[Person], groups: &[Group], (party, share): (Party, usize), now: i64) -> Chat {
    let (members, tongue) = match party {
        Party::Pair(one, other) => {
            let tongues = [one, other].map(|place| people.get(place).map_or(Tongue::English, |person| person.tongue));
            (vec![one, other], if tongues[0] == tongues[1] { tongues[0] } else { Tongue::English })
        }
        Party::Group(place) => groups.get(place).map_or((Vec::new(), Tongue::English), |group| (group.members.clone(), group.theme.tongue)),
    };
    let mut lines: Vec<Line> = Vec::with_capacity(share);
    let mut starts: Vec<i64> = (0..=share / 4).map(|_| moment(dice, now)).collect();
    if dice.chance(40) {
        // Something is new today.
        starts.push(now - dice.between(8 * MINUTE, 90 * MINUTE));
    }
    starts.sort_unstable();
    let mut round = 0;
    while lines.len() < share && !members.is_empty() {
        // From the newest moment backwards, so that there is always something of today.
        let start =
            starts.get(starts.len() - 1 - round % starts.len()).copied().unwrap_or(now - HOUR) + 11 * i64::try_from(round).unwrap_or(0);
        round += 1;
        let scene = Scene { people, members: &members, tongue, group: matches!(party, Party::Group(_)), now };
        lines.extend(scene.exchange(dice, start, share - lines.len()));
    }
    lines.sort_by_key(|line| line.at);
    mend(&mut lines);
    let unread = members.iter().filter_map(|member| Some((*member, unread(dice, &lines, *member)?))).collect();
    Chat { party, lines, unread }
}

/// After sorting another line may lie before an answer; nothing answers a line that is not there, or was taken back.
fn mend(lines: &mut [Line]) {
    let mut answerable = false;
    for line in lines {
        if let (false, Says::Answer(text)) = (answerable, &line.says) {
            line.says = Says::Text(text.clone());
        }
        answerable = !line.revoked;
    }
}

/// How many of the newest lines somebody has not read: none for most, never one's own.
fn unread(dice: &mut Dice, lines: &[Line], member: usize) -> Option<usize> {
    let since = lines.iter().rev().take_while(|line| line.sender != member).count();
    (dice.chance(35) && since > 0).then(|| (1 + dice.below(9)).min(since))
}

/// A moment of the last days at which people are awake.
fn moment(dice: &mut Dice, now: i64) -> i64 {
    let day = (now / DAY - dice.between(0, DAYS)) * DAY;
    let at = day + 7 * HOUR + dice.between(0, 14 * HOUR);
    if at < now - 30 * MINUTE { at } else { at - DAY }
}

struct Scene<'a> {
    people: &'a [Person],
    members: &'a [usize],
    tongue: Tongue,
    group: bool,
    now: i64,
}

impl Scene<'_> {
    fn exchange(&self, dice: &mut Dice, start: i64, most: usize) -> Vec<Line> {
        let tongue = if self.group && dice.chance(20) { Tongue::English } else { self.tongue };
        let Some(exchange) = dice.pick(exchanges(tongue)) else { return Vec::new() };
        let cast = dice.some(self.members, 3);
        let mut at = start;
        let mut lines = Vec::new();
        for (speaker, text) in exchange.iter().take(most) {
            let Some(sender) = cast.get(usize::from(*speaker) % cast.len().max(1)).copied() else { continue };
            at += dice.between(4_000, 100_000);
            let says = self.says(dice, sender, text, lines.is_empty());
            lines.push(self.line(dice, sender, at.min(self.now - 1_000), says));
        }
        lines
    }

    fn says(&self, dice: &mut Dice, sender: usize, text: &str, first: bool) -> Says {
        let other = dice.pick(self.members).copied().filter(|other| *other != sender);
        let somebody = other.or_else(|| self.members.iter().copied().find(|other| *other != sender)).unwrap_or(sender);
        let name = self.people.get(somebody).map_or("", |person| person.nickname.as_str());
        let filled = |text: &str, dice: &mut Dice| {
            let time = format!("{}:{}0", dice.between(9, 19), dice.between(0, 6));
            let given = name.split(' ').next().unwrap_or(name);
            text.replace("{a}", given).replace("{n}", &dice.between(2, 49).to_string()).replace("{t}", &time)
        };
        match text {
            "[picture]" => Says::Picture(dice.next() % 8),
            "[file]" => Says::File(dice.next() % 6),
            "[voice]" => Says::Voice(dice.next() % 3),
            "[place]" => Says::Place,
            "[card]" => Says::Card(dice.below(self.people.len())),
            _ => match text.strip_prefix('>') {
                Some(answer) if !first => Says::Answer(filled(answer, dice)),
                _ => match text.strip_prefix('@').filter(|_| self.group) {
                    Some(mention) => Says::Mention(
                        filled(mention, dice).replacen(name.split(' ').next().unwrap_or(name), &format!("@{name}"), 1),
                        somebody,
                    ),
                    None => Says::Text(filled(text.trim_start_matches(['>', '@']), dice)),
                },
            },
        }
    }

    fn line(&self, dice: &mut Dice, sender: usize, at: i64, says: Says) -> Line {
        let platform = dice.pick(PLATFORMS).copied().unwrap_or("WEB");
        let mut reactions = Vec::new();
        if dice.chance(if self.group { 12 } else { 5 }) {
            let count = 1 + dice.below(if self.group { 5 } else { 1 });
            let others: Vec<_> = self.members.iter().copied().filter(|member| *member != sender).collect();
            for member in dice.some(&others, count) {
                reactions.extend(dice.pick(EMOJIS).map(|emoji| (member, *emoji)));
            }
        }
        let revoked = dice.chance(1) && reactions.is_empty();
        let edited = match &says {
            Says::Text(text) if !revoked && dice.chance(2) => dice.pick(CORRECTIONS).map(|end| format!("{text}{end}")),
            _ => None,
        };
        let pinned = self.group && !revoked && dice.next().is_multiple_of(120);
        Line { sender, at, platform, says, reactions, edited, pinned, revoked }
    }
}
