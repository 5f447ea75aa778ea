//! The people of the demo: names in many scripts, what they do and where they live.

/// A language that people talk in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    English,
    Chinese,
    Japanese,
    Spanish,
    German,
    Arabic,
    Russian,
    Korean,
    Hindi,
    French,
}

use Tongue::{Arabic, Chinese, English, French, German, Hindi, Japanese, Korean, Russian, Spanish};

/// One person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) nickname: String,
    pub(super) title: &'static str,
    pub(super) city: &'static str,
    pub(super) tongue: Tongue,
    /// What the picture is drawn from; `None` for who has none.
    pub(super) face: Option<u64>,
}

type Row = (&'static str, &'static str, &'static str, &'static str, Tongue);

#[rustfmt::skip]
const PEOPLE: &[Row] = &[
    ("amara", "Amara Okafor", "Product designer", "Lagos", English),
    ("weilin", "林伟", "后端工程师", "杭州", Chinese),
    ("sofia", "Sofía Ramírez", "Data analyst", "Ciudad de México", Spanish),
    ("yuki", "佐藤 由紀", "UX リサーチャー", "京都", Japanese),
    ("jonas", "Jonas Brandt", "Site reliability", "Hamburg", German),
    ("layla", "ليلى حداد", "مديرة مشاريع", "عمّان", Arabic),
    ("priya", "प्रिया शर्मा", "Mobile developer", "Pune", Hindi),
    ("dmitri", "Дмитрий Орлов", "Security engineer", "Алматы", Russian),
    ("minjun", "김민준", "Backend developer", "서울", Korean),
    ("claire", "Claire Fontaine", "Tech writer", "Lyon", French),
    ("owen", "Owen Hughes", "Support lead", "Cardiff", English),
    ("xiaomei", "陈晓梅", "产品经理", "成都", Chinese),
    ("mateo", "Mateo Vargas", "Frontend developer", "Bogotá", Spanish),
    ("hana", "田中 花", "イラストレーター", "札幌", Japanese),
    ("greta", "Greta Lindqvist", "Research", "Uppsala", English),
    ("omar", "عمر الفارسي", "مهندس شبكات", "الدار البيضاء", Arabic),
    ("ananya", "Ananya Iyer", "Machine learning", "Chennai", English),
    ("sasha", "Александра Ким", "QA", "Бишкек", Russian),
    ("seoyeon", "박서연", "Designer", "부산", Korean),
    ("tom", "Tom Becker", "Finance", "Leipzig", German),
    ("zhanghao", "张浩", "测试工程师", "深圳", Chinese),
    ("ines", "Inês Carvalho", "Community", "Porto", English),
    ("kofi", "Kofi Mensah", "Sales", "Accra", English),
    ("elif", "Elif Yılmaz", "iOS developer", "İzmir", English),
    ("ravi", "रवि कुमार", "Data engineer", "दिल्ली", Hindi),
    ("lucia", "Lucía Fernández", "Marketing", "Sevilla", Spanish),
    ("noah", "Noah Fischer", "Working student", "Zürich", German),
    ("liting", "王丽婷", "运营", "上海", Chinese),
    ("emma", "Emma O'Neill", "People", "Dublin", English),
    ("haruto", "鈴木 陽斗", "エンジニア", "福岡", Japanese),
    ("fatima", "فاطمة الزهراء", "محللة بيانات", "تونس", Arabic),
    ("pavel", "Павел Новак", "DevOps", "Прага", Russian),
    ("antoine", "Antoine Mercier", "Account manager", "Nantes", French),
    ("grace", "Grace Wanjiru", "Android developer", "Nairobi", English),
    ("jiho", "이지호", "Game designer", "대전", Korean),
    ("diego", "Diego Morales", "Logistics", "Lima", Spanish),
    ("huang", "黄志强", "架构师", "台北", Chinese),
    ("freya", "Freya Nielsen", "Intern", "Aarhus", English),
    ("samir", "Samir Patel", "Customer success", "Leicester", English),
    ("nora", "Nora Weiß 🌻", "Office", "Wien", German),
    ("ayesha", "Ayesha Khan", "Growth", "Lahore", English),
    ("bruno", "Bruno Costa", "Video", "Recife", English),
    ("mei", "Mei-Ling Tan", "Legal", "Singapore", English),
    ("viktor", "Viktor Petrov", "Hardware", "Sofia", English),
    ("adaeze", "Adaeze Nwosu", "Partnerships", "Abuja", English),
    ("lars", "Lars Haugen", "Maps", "Bergen", English),
    ("camille", "Camille Dubois", "Events", "Bruxelles", French),
    ("thuy", "Nguyễn Thị Thúy", "Translator", "Đà Nẵng", English),
];

/// Returns the first `count` people. After the ones with names of their own, given names and surnames are combined.
pub(super) fn cast(count: usize) -> Vec<Person> {
    let named = PEOPLE.iter().map(|row| person(row, row.0.to_owned(), row.1.to_owned()));
    let latin: Vec<&Row> = PEOPLE.iter().filter(|row| row.4 == English && row.1.is_ascii()).collect();
    let more = (0..count.saturating_sub(PEOPLE.len())).filter_map(|number| {
        let (round, place) = (number / latin.len() + 1, number % latin.len());
        let (first, second) = (latin.get(place)?, latin.get((place + round) % latin.len())?);
        let (given, surname) = (first.1.split(' ').next()?, second.1.split(' ').next_back()?);
        Some(person(first, format!("{}{}", first.0, round + 1), format!("{given} {surname}")))
    });
    named.take(count).chain(more).collect()
}

fn person(row: &Row, id: String, nickname: String) -> Person {
    Person { id, nickname, title: row.2, city: row.3, tongue: row.4, face: None }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn everybody_has_an_own_id_of_letters_and_digits() {
        let people = cast(2_000);
        let ids: BTreeSet<_> = people.iter().map(|person| person.id.as_str()).collect();
        assert_eq!(ids.len(), 2_000);
        assert!(ids.iter().all(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric())));
    }
}
