// A list that is longer than anybody reads: 100,000 accounts, scrolled, jumped through, searched and linked to.
import assert from "node:assert/strict";
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
  world = await World.start();
  await world.register(Array.from({ length: MANY }, (_, n) => ({ id: id(n), nickname: `Person ${n}` })));
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
    settled: () => page.waitForFunction(() => !document.querySelector("[aria-busy=true]")),
  };
}

test("100,000 rows scroll by cursors: few of them exist, and no memory is lost on the way", async () => {
  const { page, asked, frame, table, rows, memory, settled } = await list();
  await page.getByText("100,001 entries").waitFor();
  assert.equal(await table.getAttribute("aria-rowcount"), String(MANY + 2));
  await settled();
  const before = await memory();
  await frame.hover();
  // As a wheel turns: 6,000 rows, every one of them on screen for a moment.
  const end = 60;
  for (let tries = 0; tries < 900 && asked.length < end; tries++) {
    await page.mouse.wheel(0, 2500);
    await settled();
  }
  assert.ok(asked.length >= end, `${asked.length} stretches were asked for`);
  assert.ok(asked.every((place, n) => place.offset == null && (n === 0) === (place.after == null)));
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
