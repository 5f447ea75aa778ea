// The keys of texts, known to the compiler: a text that is not there does not compile.
import "i18next";
import type en from "~/locales/en.json";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}
