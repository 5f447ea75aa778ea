// A list that is longer than anybody reads: 100,000 accounts, scrolled, jumped through, searched and linked to.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { World } from "./world.mjs";

const MANY = 100_000;
/** The most rows that exist at a time, whatever the length. */
const ROWS = 60;
/** How much more memory a long way through the list may take, in bytes. */
const MEMORY = 16 * 1024 * 1024;

const id = (n) => `one${String(n).padStart(6, "0")}`;

let world;
before(async () => {
  // So many are imported faster than they are registered.
  const dump = await mkdtemp(join(tmpdir(), "openim-console-"));
  const when = { $date: "2026-01-01T00:00:00Z" };
  const user = (n) =>
    JSON.stringify({ user_id: id(n), nickname: `Person ${n}`, app_manger_level: 1, create_time: when });
  await writeFile(join(dump, "user.json"), Array.from({ length: MANY }, (_, n) => user(n)).join("\n"));
  world = await World.start({}, dump);
  await rm(dump, { recursive: true });
});
after(() => world?.stop());

/** The users page with what it asked, which rows exist, and how much memory it takes. */
async function list(path = "/console/users") {
  const page = await world.open({ path });
  const asked = [];
  page.on("request", (request) => {
    const { operationName, variables } = request.postDataJSON?.() ?? {};
    if (operationName === "Users") asked.push(variables);
  });
  await world.signIn(page);
  const frame = page.getByRole("region", { name: "Users" });
  await frame.waitFor();
  const table = frame.getByRole("table");
  const devtools = await page.context().newCDPSession(page);
  return {
    page,
    asked,
    frame,
    table,
    rows: () => table.locator("tbody tr[aria-rowindex]").count(),
    row: (n) => table.getByText(id(n), { exact: true }),
    /** Scrolls to a share of the way. */
    to: (share) => frame.evaluate((it, share) => it.scrollTo(0, share * (it.scrollHeight - it.clientHeight)), share),
    memory: async () => {
      await devtools.send("HeapProfiler.collectGarbage");
      return (await devtools.send("Runtime.getHeapUsage")).usedSize;
    },
    /** Turns the wheel, and waits for the rows there. */
    wheel: async (pixels) => {
      const before = await frame.evaluate((it) => it.scrollTop);
      await page.mouse.wheel(0, pixels);
      // All of the way, but for what rows are higher or lower than they were taken for.
      const least = before + 0.9 * pixels;
      await page.waitForFunction((least) => {
        const it = document.querySelector(".scrolled");
        const { left, top, height } = it.getBoundingClientRect();
        const row = document.elementFromPoint(left + 20, top + height / 2)?.closest("tr[aria-rowindex]");
        const come = [...it.querySelectorAll("td")].every((cell) => cell.textContent !== "…");
        return it.scrollTop > least && row && come;
      }, least);
    },
  };
}

test("100,000 rows scroll by cursors: few of them exist, and no memory is lost on the way", async () => {
  const { page, asked, frame, table, rows, memory, wheel } = await list();
  await page.getByText("100,001 entries").waitFor();
  assert.equal(await table.getAttribute("aria-rowcount"), String(MANY + 2));
  const before = await memory();
  await frame.hover();
  // As a wheel turns, further than anything is kept.
  const end = 30;
  for (let tries = 0; tries < 200 && asked.length < end; tries++) {
    await wheel(4000);
  }
  assert.ok(asked.length >= end, `${asked.length} stretches were asked for`);
  assert.deepEqual(
    asked.slice(1).filter((place) => place.after == null),
    [],
    "all by cursor",
  );
  assert.equal(new Set(asked.map((place) => place.after)).size, asked.length, "nothing is asked twice");
  assert.ok((await rows()) <= ROWS, `${await rows()} rows exist`);
  const more = (await memory()) - before;
  assert.ok(more < MEMORY, `${more} bytes more`);
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("every part of 100,000 rows is a moment away, up to the end and back, and its place is in the address", async () => {
  const { page, asked, rows, row, to, frame } = await list();
  await page.getByText("100,001 entries").waitFor();
  for (const share of [0.25, 0.5, 0.75, 1]) {
    await to(share);
    await page.waitForFunction(
      (least) => Number(new URL(location.href).searchParams.get("offset")) >= least,
      Math.floor(share * MANY) - 50,
    );
    await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
    assert.ok((await rows()) <= ROWS, `${await rows()} rows exist`);
  }
  await row(MANY - 1).waitFor();
  assert.ok(asked.length <= 12, `${asked.length} stretches for four jumps`);
  await page.reload();
  await row(MANY - 1).waitFor();
  await world.shot(page, "long");
  assert.deepEqual(await world.violations(page), []);
  // Back to the top by one key.
  await frame.focus();
  await page.keyboard.press("Home");
  await row(0).waitFor();
  await page.waitForURL((url) => !url.searchParams.has("offset"));
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("one of 100,000 is found by a part of the name or id, also from a link into the middle", async () => {
  const { page, row } = await list("/console/users?offset=50000");
  await row(50_005).waitFor();
  await page.getByRole("textbox", { name: "User id or nickname" }).fill("person 9999");
  await page.getByText("11 entries").waitFor();
  await row(99_990).waitFor();
  assert.equal(new URL(page.url()).search, "?search=person+9999");
  await page.getByRole("textbox", { name: "User id or nickname" }).fill(id(77_777));
  await page.getByText("1 entry").waitFor();
  await page.getByRole("row", { name: /Person 77777/ }).press("Enter");
  await page.getByRole("heading", { name: "Person 77777" }).waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});
