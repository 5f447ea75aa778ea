import { expect, test } from "vitest";
import { regional } from "./i18n";

test("times are written as in the reader's region, when it speaks the chosen language", () => {
  expect(regional("en", ["en-GB"])).toBe("en-GB");
  expect(regional("en", ["zh-CN", "en-AU", "en"])).toBe("en-AU");
  expect(regional("zh", ["en-GB", "zh-Hant-TW"])).toBe("zh-Hant-TW");
  expect(regional("zh", ["en-GB"])).toBe("zh");
  expect(regional("en", ["en-US@posix", "enm"])).toBe("en");
});
