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

async function load(language: Language) {
  if (i18next.hasResourceBundle(language, "translation")) return;
  i18next.addResourceBundle(language, "translation", (await TEXTS[language]()).default);
}

export async function startTexts() {
  const language = preferred();
  const { default: translation } = await TEXTS[language]();
  await i18next.use(initReactI18next).init({
    resources: { [language]: { translation } },
    lng: language,
    fallbackLng: false,
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = language;
}

export async function speak(language: Language) {
  await load(language);
  await i18next.changeLanguage(language);
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
}
