// What every page must be, whatever is on it: nothing for axe to find in either language and theme, no wider than a phone.
import assert from "node:assert/strict";
import { test } from "node:test";

/** With English on light, where the tests that act on the pages ask axe: each language and each theme. */
const LOOKS = [
  { language: "en-GB", scheme: "dark" },
  { language: "zh-CN", scheme: "light" },
];

/** Declares the tests of the pages at these paths below /console; `world` gives the server when they run. */
export function everyPage(what, paths, world) {
  const visit = async (options, look) => {
    const page = await world().inside(options);
    for (const path of paths) {
      await page.goto(`${world().address}/console${path}`);
      await page.locator("#page h1").waitFor();
      await page.waitForLoadState("networkidle");
      await look(page, path);
    }
    await world().shot(page, [what, ...Object.values(options)].join(" ").replaceAll(" ", "-"));
    await world().close(page);
  };

  for (const look of LOOKS) {
    test(`axe finds nothing wrong with ${what} (${look.language}, ${look.scheme})`, () =>
      visit(look, async (page, path) => assert.deepEqual(await world().violations(page), [], path)));
  }

  test(`${what} fit on a phone`, () =>
    visit({ width: 390 }, async (page, path) => {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      assert.equal(wide, false, `${path} is no wider than the screen`);
      const cut = await page
        .locator(".framed, .framed td")
        .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent));
      assert.deepEqual(cut, [], `nothing in a table of ${path} is cut`);
    }));
}
