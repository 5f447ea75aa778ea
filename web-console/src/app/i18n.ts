// Texts in English and Chinese, loaded when they are spoken. Components name keys only; a test keeps both languages complete.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = { en: "English", zh: "中文" } as const;
export type Language = keyof typeof LANGUAGES;

const TEXTS = { en: () => import("~/locales/en.json"), zh: () => import("~/locales/zh.json") };
const KEY = "openim.language";

function preferred(): Language {
  const wanted = localStorage.getItem(KEY) ?? navigator.language;
  return wanted.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/**
 * Names a language as the reader writes it, such as en-GB: texts follow the language, times and numbers the region. What is
 * no name of a language is passed over; some browsers have such.
 */
export function regional(language: Language, wanted: readonly string[] = navigator.languages): string {
  const named = new RegExp(`^${language}(-[a-z0-9]{2,8})*$`, "i");
  return wanted.find((one) => named.test(one)) ?? language;
}

async function load(language: Language) {
  if (i18next.hasResourceBundle(language, "translation")) return;
  i18next.addResourceBundle(language, "translation", (await TEXTS[language]()).default);
}

export async function startTexts() {
  const language = preferred();
  const { default: translation } = await TEXTS[language]();
  await i18next.use(initReactI18next).init({
    resources: { [language]: { translation } },
    lng: regional(language),
    fallbackLng: false,
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = language;
}

export async function speak(language: Language) {
  await load(language);
  await i18next.changeLanguage(regional(language));
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
}
