//! What people say: short exchanges in their languages. A line begins with the number of its speaker; a text may begin with
//! `>` (answers the line before), `@` (mentions somebody), or be `[picture]`, `[file]`, `[place]`, `[card]`, `[voice]`. `{a}` is
//! somebody's first name, `{n}` a number and `{t}` a time of day.

use super::people::Tongue;

/// One exchange.
pub(super) type Exchange = &'static [(u8, &'static str)];

/// Returns the exchanges of a language; some languages share the English ones as well.
pub(super) fn exchanges(tongue: Tongue) -> &'static [Exchange] {
    match tongue {
        Tongue::English => ENGLISH,
        Tongue::Chinese => CHINESE,
        Tongue::Japanese => JAPANESE,
        Tongue::Spanish => SPANISH,
        Tongue::German => GERMAN,
        Tongue::Arabic => ARABIC,
        Tongue::Russian => RUSSIAN,
        Tongue::Korean => KOREAN,
        Tongue::Hindi => HINDI,
        Tongue::French => FRENCH,
    }
}

/// How people react.
pub(super) const EMOJIS: &[&str] = &["👍", "❤️", "😂", "🎉", "👀", "🙏", "🔥", "✅"];

/// What an edited line ends with.
pub(super) const CORRECTIONS: &[&str] = &[" (updated)", " — sorry, typo fixed", " ✏️"];

#[rustfmt::skip]
const ENGLISH: &[Exchange] = &[
    &[(0, "Morning! Did the deploy go out last night?"), (1, "Yes, at {t}. No alerts since."), (0, "Great, thanks for staying up for it"), (1, "No worries, it took {n} minutes in the end"), (2, "And the error rate is the lowest of the month")],
    &[(0, "I put the new mock-ups into the shared folder"), (0, "[picture]"), (1, "Love the spacing. The blue is a bit loud on dark mode though"), (0, ">Fair, I can tone it down"), (2, "@{a} what do you think about the empty state?"), (1, "The empty state is the best part")],
    &[(0, "Lunch at {t}?"), (1, "The noodle place again?"), (2, "I could eat there every day"), (0, "Meet you downstairs then"), (1, "🍜")],
    &[(0, "Can somebody review the migration? It is {n} lines"), (1, "On it"), (1, "Two comments, otherwise good"), (0, "Fixed both. The index was a good catch"), (1, ">Merged")],
    &[(0, "Here are the minutes of today's call"), (0, "[file]"), (1, "Thank you! Item {n} is mine, I will have it by Friday"), (2, "Can we move the next one to {t}?"), (0, "Works for me")],
    &[(0, "We are out for a walk"), (0, "[picture]"), (1, "Where is that? Looks wonderful"), (0, "[place]"), (1, "Adding it to my list"), (2, "Take me with you next time!")],
    &[(0, "A customer says that pictures load slowly on Android"), (1, "Which version?"), (0, "5.{n}. Only on mobile data"), (1, "Probably the thumbnails. I will have a look"), (1, "Found it, we always asked for the original size"), (0, ">You are the best")],
    &[(0, "Happy birthday {a}! 🎂"), (1, "Happy birthday!!"), (2, "All the best!"), (1, "Cake is in the kitchen")],
    &[(0, "The train is {n} minutes late, start without me"), (1, "We will wait, no rush"), (2, "I get coffee for everybody meanwhile"), (0, "You are heroes")],
    &[(0, "Has anybody read the proposal about archiving?"), (1, "Half of it. I like the part about cold storage"), (2, "My only worry is the restore time"), (0, ">It was {n} minutes in the test"), (2, "Then I am convinced")],
    &[(0, "[voice]"), (1, "Cannot listen now, is it urgent?"), (0, "Not at all, only wanted to say hi"), (1, "Hi! 😄")],
    &[(0, "Numbers of last week: {n} new teams, churn stays flat"), (1, "That is the campaign, I am sure"), (2, "Can you share the table?"), (0, "[file]"), (2, "Thanks!")],
    &[(0, "Who is on call this weekend?"), (1, "Me. Phone is on, sound is loud"), (0, "I can take Sunday if you like"), (1, "That would be lovely, thank you")],
    &[(0, "The printer on the second floor makes that sound again"), (1, "Did you try to be nice to it?"), (0, "I tried everything"), (2, "I will call the service. Ticket number {n}")],
    &[(0, "Do you know somebody who can help with the contract?"), (1, "[card]"), (1, "Ask for the short version first"), (0, "Perfect, writing right away")],
    &[(0, "Draft of the announcement is ready. Feedback until {t} please"), (1, "Second paragraph is too long"), (2, "I would start with the price"), (0, ">Good idea, changed it"), (1, "Now it sings")],
    &[(0, "Can we talk about the roadmap for {n} minutes?"), (1, "Sure, call me"), (0, "That helped, thank you"), (1, "Any time")],
    &[(0, "Game tonight at {t}, who is in?"), (1, "In"), (2, "In, but I need a lift"), (0, "@{a} are you coming too?"), (1, "We are {n} then, I book the pitch")],
];

#[rustfmt::skip]
const CHINESE: &[Exchange] = &[
    &[(0, "早上好，昨晚的发布顺利吗？"), (1, "很顺利，{t} 就完成了"), (0, "辛苦了！"), (2, "监控一切正常 ✅")],
    &[(0, "周末去爬山吗？"), (1, "好啊，几点集合？"), (0, "{t} 在地铁口见"), (0, "[place]"), (2, "我带水果"), (1, "我负责拍照 📷")],
    &[(0, "新的设计稿出来了"), (0, "[picture]"), (1, "比上一版清爽多了"), (2, "@{a} 你看一下按钮的颜色"), (0, ">好，我再调一下")],
    &[(0, "今天的会议纪要"), (0, "[file]"), (1, "收到，谢谢"), (2, "第 {n} 条我来跟进")],
    &[(0, "中午吃什么？"), (1, "楼下新开了一家面馆"), (0, "走！"), (2, "等我 {n} 分钟")],
    &[(0, "这个接口偶尔会超时，谁有空看看？"), (1, "我来，把 traceId 发我"), (1, "找到了，连接池太小"), (0, ">太快了吧，厉害"), (2, "记得补个测试")],
    &[(0, "生日快乐，{a}！🎂"), (1, "生日快乐！"), (2, "今晚一起吃饭？")],
    &[(0, "客户问导出功能什么时候上线"), (1, "计划是下周三，还差 {n} 个用例"), (0, "好的，我去回复")],
];

#[rustfmt::skip]
const JAPANESE: &[Exchange] = &[
    &[(0, "おはようございます"), (1, "おはようございます！今日の打ち合わせは {t} からで大丈夫ですか？"), (0, "はい、大丈夫です"), (2, "資料を共有します"), (2, "[file]")],
    &[(0, "新しいイラストを描きました"), (0, "[picture]"), (1, "すごい！色がきれいですね"), (2, ">本当に素敵です"), (0, "ありがとうございます😊")],
    &[(0, "お昼、ラーメン行きませんか？"), (1, "行きます！"), (0, "{t} に一階で")],
    &[(0, "テストが {n} 件落ちています"), (1, "確認します"), (1, "直しました。時刻の問題でした"), (0, "助かりました🙏")],
];

#[rustfmt::skip]
const SPANISH: &[Exchange] = &[
    &[(0, "¡Buenos días! ¿Cómo va el informe?"), (1, "Casi listo, me faltan {n} gráficos"), (0, "Perfecto, sin prisa"), (1, "[file]"), (0, "¡Qué rápido, gracias!")],
    &[(0, "¿Comemos juntos a las {t}?"), (1, "¡Claro! ¿Tacos?"), (2, "Siempre tacos 🌮"), (0, "Nos vemos abajo")],
    &[(0, "Miren la vista desde la oficina nueva"), (0, "[picture]"), (1, "¡Qué envidia!"), (2, ">Preciosa")],
    &[(0, "@{a} ¿puedes revisar el texto de la campaña?"), (1, "Sí, dame {n} minutos"), (1, "Listo, solo cambié el título"), (0, "Quedó mucho mejor")],
];

#[rustfmt::skip]
const GERMAN: &[Exchange] = &[
    &[(0, "Moin! Ist der Server wieder da?"), (1, "Seit {t}, war nur die Platte voll"), (0, "Danke dir"), (2, "Alarm kommt jetzt schon bei {n} Prozent")],
    &[(0, "Kaffee?"), (1, "In fünf Minuten"), (0, "Ich stell schon mal die Maschine an ☕")],
    &[(0, "Die Rechnung für den Umzug ist da"), (0, "[file]"), (1, "Danke, buche ich heute noch")],
    &[(0, "Schönes Wochenende euch!"), (1, "Dir auch!"), (2, "Bis Montag 👋")],
];

#[rustfmt::skip]
const ARABIC: &[Exchange] = &[
    &[(0, "صباح الخير! هل الاجتماع في {t}؟"), (1, "صباح النور، نعم في القاعة الكبيرة"), (0, "شكراً جزيلاً"), (2, "سأرسل العرض الآن"), (2, "[file]")],
    &[(0, "انظروا إلى هذا المنظر"), (0, "[picture]"), (1, "ما شاء الله، جميل جداً"), (0, "[place]")],
    &[(0, "كم بقي من المهام؟"), (1, "بقي {n} فقط"), (0, "ممتاز 👏")],
];

#[rustfmt::skip]
const RUSSIAN: &[Exchange] = &[
    &[(0, "Доброе утро! Сборка прошла?"), (1, "Да, за {n} минут"), (0, "Отлично, выкатываем в {t}"), (2, "Я на дежурстве, если что")],
    &[(0, "Кто-нибудь видел отчёт по безопасности?"), (1, "[file]"), (0, "Спасибо!"), (1, "Обрати внимание на пункт {n}")],
    &[(0, "Идём обедать?"), (1, "Через десять минут"), (2, "Займите мне место 🙂")],
];

#[rustfmt::skip]
const KOREAN: &[Exchange] = &[
    &[(0, "안녕하세요! 배포는 잘 끝났나요?"), (1, "네, {t}에 끝났어요"), (0, "수고하셨습니다 🙌")],
    &[(0, "새 화면 한번 봐주세요"), (0, "[picture]"), (1, "깔끔하네요!"), (2, ">저도 좋아요"), (0, "감사합니다")],
    &[(0, "점심 뭐 먹을까요?"), (1, "김치찌개 어때요?"), (0, "좋아요, {n}분 뒤에 봐요")],
];

#[rustfmt::skip]
const HINDI: &[Exchange] = &[
    &[(0, "नमस्ते! आज की मीटिंग {t} बजे है ना?"), (1, "हाँ, लिंक भेज दिया है"), (0, "धन्यवाद 🙏")],
    &[(0, "ऐप का नया बिल्ड तैयार है"), (1, "बढ़िया, मैं टेस्ट करता हूँ"), (1, "{n} में से सब पास हो गए"), (0, "शानदार!")],
    &[(0, "चाय?"), (1, "अभी आया ☕")],
];

#[rustfmt::skip]
const FRENCH: &[Exchange] = &[
    &[(0, "Bonjour ! La doc est à jour ?"), (1, "Oui, j'ai ajouté {n} pages hier"), (0, "Parfait, merci beaucoup"), (1, "[file]")],
    &[(0, "On déjeune à {t} ?"), (1, "Volontiers, la crêperie ?"), (0, "Comme toujours 😄")],
    &[(0, "Regardez ce coucher de soleil"), (0, "[picture]"), (1, "Magnifique !"), (0, "[place]")],
];
