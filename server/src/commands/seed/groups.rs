//! The groups of the demo.

use super::people::Tongue;

/// What a group is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Theme {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) introduction: &'static str,
    pub(super) notification: &'static str,
    pub(super) tongue: Tongue,
    /// Of a hundred people, how many are in it.
    pub(super) share: usize,
    /// `APPLICANTS`, `EVERYBODY` or `NOBODY`: who has to be let in.
    pub(super) verification: &'static str,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) theme: Theme,
    /// Places of people; the first one owns it, the next `admins` help.
    pub(super) members: Vec<usize>,
    pub(super) admins: usize,
    /// People who ask to be let in.
    pub(super) applicants: Vec<usize>,
}

const fn theme(
    id: &'static str,
    name: &'static str,
    introduction: &'static str,
    notification: &'static str,
    rest: (Tongue, usize, &'static str),
) -> Theme {
    Theme { id, name, introduction, notification, tongue: rest.0, share: rest.1, verification: rest.2 }
}

/// Every theme; more groups than themes get numbers.
#[rustfmt::skip]
pub(super) const THEMES: &[Theme] = &[
    theme("announcements", "📣 All hands", "News for everybody", "Townhall on Thursday, questions welcome beforehand", (Tongue::English, 100, "APPLICANTS")),
    theme("design", "Design critique", "Show early, show often", "Post mock-ups before noon, please", (Tongue::English, 25, "APPLICANTS")),
    theme("backend", "后端小组", "服务端、数据库与发布", "发布窗口：每周二、四 20:00", (Tongue::Chinese, 22, "EVERYBODY")),
    theme("oncall", "On call", "Who carries the pager, and what it said", "Write down what you did, the next one will thank you", (Tongue::English, 20, "EVERYBODY")),
    theme("hiking", "周末徒步", "每周末一起出门走走", "集合地点会提前一天发", (Tongue::Chinese, 20, "NOBODY")),
    theme("almuerzo", "Almuerzo 🌮", "Dónde comemos hoy", "", (Tongue::Spanish, 18, "NOBODY")),
    theme("nihongo", "日本語の部屋", "日本語で話す部屋です", "初心者も歓迎です", (Tongue::Japanese, 16, "APPLICANTS")),
    theme("release", "Release 5.0", "Everything about the big one", "Code freeze on Friday", (Tongue::English, 30, "EVERYBODY")),
    theme("projects", "متابعة المشاريع", "مواعيد التسليم والمستندات", "", (Tongue::Arabic, 16, "APPLICANTS")),
    theme("security", "Безопасность", "Отчёты, обновления, вопросы", "Секреты в чат не присылаем", (Tongue::Russian, 16, "EVERYBODY")),
    theme("bookclub", "Book club", "One book a month", "This month: short stories", (Tongue::English, 24, "NOBODY")),
    theme("football", "Football on Tuesdays ⚽", "Five a side, all levels", "Bring both shirts", (Tongue::English, 26, "APPLICANTS")),
    theme("seoul", "서울 사무실", "서울 사무실 소식", "", (Tongue::Korean, 16, "APPLICANTS")),
    theme("hamburg", "Büro Hamburg", "Alles rund ums Büro", "Bitte Fenster schließen", (Tongue::German, 18, "APPLICANTS")),
];
