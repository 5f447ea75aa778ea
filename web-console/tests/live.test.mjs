// Pages that follow the server: the overview and the health of the processes, live, held still, and while the server is away.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PATIENCE, until } from "../../tests/sdk/lib/wait.mjs";
import { everyPage } from "./every-page.mjs";
import { World } from "./world.mjs";

let world;
before(async () => {
  world = await World.start();
  await world.register([
    { id: "user1", nickname: "Person 1" },
    { id: "user2", nickname: "Person 2" },
  ]);
});
after(() => world?.stop());

let lines = 0;
async function talk(count) {
  const query =
    'mutation($key: ID!) { sendMessage(input: { recipient: { userId: "user2" }, clientMessageId: $key, content: { text: { text: "Hi" } } }) { message { seq } } }';
  const token = await world.userToken("user1");
  for (let n = 0; n < count; n++) await world.ask(query, { key: `live${lines++}` }, token);
}

/** The value of a line of a chart, as its picture says. */
async function value(page, chart) {
  const label = await page.getByRole("img", { name: new RegExp(`^${chart}\\.`) }).getAttribute("aria-label");
  return Number(/: ([\d.]+)/.exec(label)?.[1]);
}

test("the overview follows the server: messages and sockets show without a reload", async () => {
  const page = await world.inside();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("table", { name: "Processes" }).getByText("Healthy").first().waitFor();
  // The stream of this page is a socket, too.
  await until("the own socket is counted", async () => (await value(page, "Sockets")) >= 1);
  // The figures of a moment may have passed before somebody looks: one goes on talking.
  await until("messages show", async () => {
    await talk(3);
    return (await value(page, "Messages a second")) > 0;
  });
  await until("and silence", async () => (await value(page, "Messages a second")) === 0);
  await world.shot(page, "overview-live");
  assert.deepEqual(await world.violations(page), []);
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("charts are shown as tables, which stands in the address", async () => {
  const page = await world.inside();
  await page.getByText("Tables", { exact: true }).click();
  await page.waitForURL(/view=table/);
  await page.reload();
  const table = page.getByRole("table", { name: "Messages a second" });
  await table.getByRole("columnheader", { name: "Stored" }).waitFor();
  await page.getByRole("table", { name: "New accounts by day" }).waitFor();
  await until("rows come", async () => (await table.getByRole("row").count()) > 2);
  assert.deepEqual(await world.violations(page), []);
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("what is held still stays, and catches up when it follows again", async () => {
  const page = await world.inside({ path: "/console/?view=table" });
  const rows = page.getByRole("table", { name: "Messages a second" }).getByRole("row");
  await until("rows come", async () => (await rows.count()) > 1);
  await page.getByRole("button", { name: /Hold what is shown/ }).click();
  await page.getByText("Paused", { exact: true }).waitFor();
  const held = await rows.count();
  await page.waitForTimeout(4000);
  assert.equal(await rows.count(), held);
  await page.getByRole("button", { name: /Follow the server again/ }).click();
  await until("it catches up", async () => (await rows.count()) > held);
  await page.getByText("Live", { exact: true }).waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("health: each process with all that it tells, and whether what is behind it answers", async () => {
  const page = await world.inside({ path: "/console/health" });
  await page.getByText("1 of 1 healthy").waitFor();
  await page.getByText("Answers").first().waitFor();
  assert.equal(await page.getByText("Bad", { exact: true }).count(), 0);
  await page.getByRole("table", { name: "Processes" }).getByRole("row").nth(1).press("Enter");
  await page.waitForURL(/node=/);
  const drawer = page.getByRole("dialog");
  await drawer.getByText("Messages stored").waitFor();
  await drawer.getByText(/Gateway.*Worker/).waitFor();
  await drawer.getByText("database, signals, cache, events, files").waitFor();
  assert.deepEqual(await world.violations(page), []);
  await world.shot(page, "health");
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("while the server is away that is shown, and the pages go on by themselves when it is back", async () => {
  const page = await world.inside();
  await page.getByText("Live", { exact: true }).waitFor();
  await world.crash();
  await page.getByText("Reconnecting", { exact: true }).waitFor();
  await world.mend();
  // It asks again after a pause, which grows.
  await page.getByText("Live", { exact: true }).waitFor({ timeout: 2 * PATIENCE });
  await until("the new process shows", async () => (await page.getByText("Healthy", { exact: true }).count()) > 0);
  await page.getByRole("link", { name: "Health" }).click();
  await page.getByRole("table", { name: "Processes" }).getByText("Healthy").first().waitFor();
  await world.close(page);
});

everyPage("pages that follow the server", ["/", "/?view=table", "/health"], () => world);
