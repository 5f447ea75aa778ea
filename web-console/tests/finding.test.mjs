// What somebody finds who has never seen the console: only what is to be seen is clicked, no address is typed, and each way
// from the sign-in is short.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { World } from "./world.mjs";

/** The most clicks and filled fields of a way, those of the sign-in included; one more where the menu is folded. */
const MOST = 5;

/** The application's own server, which is broken. */
const receiver = createServer((_, response) => response.writeHead(503).end("the shop is closed today"));
const texts = async (language) =>
  JSON.parse(await readFile(new URL(`../src/locales/${language}.json`, import.meta.url), "utf8"));

let world;
let online;
before(async () => {
  await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  world = await World.start({
    WEBHOOKS__URL: `http://127.0.0.1:${receiver.address().port}/hooks`,
    WEBHOOKS__ENABLED: "afterCreateGroup",
    WEBHOOKS__ALLOW_PRIVATE_TARGETS: "true",
    WEBHOOKS__MAX_ATTEMPTS: "1",
  });
  await world.seed("--users", "12", "--groups", "2", "--messages", "60");
  const say =
    'mutation { sendMessage(input: { recipient: { userId: "weilin" }, clientMessageId: "k", content: { text: { text: "The heron stands by the river" } } }) { message { seq } } }';
  await world.ask(say, {}, await world.userToken("amara"));
  await world.indexed("heron");
  await world.givenUp("afterCreateGroup");
  // One who is online, on a phone.
  online = await world.open({ path: "/console/chat" });
  await online.getByText("With a token").click();
  await world.signIn(online, await world.userToken("amara", "IOS"));
  await online.getByText("Live", { exact: true }).waitFor();
});
after(async () => {
  await world?.stop();
  receiver.close();
});

/** A walk from the sign-in page that counts its steps. */
class Walk {
  steps = 0;

  static async begin(options) {
    const walk = new Walk();
    walk.page = await world.open(options);
    walk.narrow = options.width < 600;
    walk.words = await texts(options.language.slice(0, 2));
    await walk.type(walk.page.locator('input[type="password"]'), world.secret);
    await walk.click(walk.page.getByRole("button", { name: walk.words.login.submit }));
    await walk.page.locator("#page h1").waitFor();
    return walk;
  }

  async click(thing) {
    this.steps += 1;
    await thing.click();
  }

  async type(field, text) {
    this.steps += 1;
    await field.fill(text);
  }

  /** Opens a page by its name in the navigation. */
  async visit(name) {
    if (this.narrow) await this.click(this.page.getByRole("button", { name: this.words.shell.menu }));
    const navigation = this.page.getByRole("navigation", { name: this.words.shell.navigation });
    await this.click(navigation.getByRole("link", { name: this.words.places[name], exact: true }));
    await this.page.getByRole("heading", { level: 1, name: this.words.places[name] }).waitFor();
  }

  /** Waits until one is left of a list. */
  async one() {
    const { total_one: word = this.words.pages.total_other } = this.words.pages;
    await this.page.getByText(word.replace("{{shown}}", "1"), { exact: true }).waitFor();
  }

  async end() {
    assert.ok(this.steps <= MOST + (this.narrow ? 1 : 0), `${this.steps} steps`);
    assert.deepEqual(this.page.complaints, []);
    await world.close(this.page);
  }
}

for (const options of [
  { language: "en-GB", width: 1280 },
  { language: "zh-CN", width: 390 },
]) {
  const where = `(${options.language}, ${options.width} wide)`;

  test(`who is online ${where}`, async () => {
    const walk = await Walk.begin(options);
    const { page, words } = walk;
    await walk.click(page.getByRole("link", { name: words.overview.whoIsOnline }));
    const row = page.getByRole("table", { name: words.users.onlineNow }).getByRole("row", { name: /Amara Okafor/ });
    await row.waitFor();
    await row.getByText("iOS").waitFor();
    await walk.one();
    await world.shot(page, `online-${options.language}`);
    assert.deepEqual(await world.violations(page), []);
    await walk.end();
  });

  test(`a user's devices ${where}`, async () => {
    const walk = await Walk.begin(options);
    const { page, words } = walk;
    await walk.visit("users");
    await walk.type(page.getByRole("textbox", { name: words.users.search }), "amara");
    await walk.one();
    await walk.click(page.getByRole("row", { name: /Amara Okafor/ }));
    await page.getByRole("heading", { name: words.users.devices }).waitFor();
    await page.getByText("iOS", { exact: true }).first().waitFor();
    await walk.end();
  });

  test(`a message by its words ${where}`, async () => {
    const walk = await Walk.begin(options);
    const { page, words } = walk;
    await walk.visit("messages");
    await walk.type(page.getByRole("textbox", { name: words.messages.search }), "heron");
    await page.locator("mark").getByText("heron").waitFor();
    await page.getByText(/Amara Okafor → 林伟/).waitFor();
    await walk.end();
  });

  test(`why a webhook failed ${where}`, async () => {
    const walk = await Walk.begin(options);
    const { page, words } = walk;
    await walk.visit("webhooks");
    const row = page.getByRole("row", { name: /afterCreateGroup/ }).first();
    await row.getByText(words.webhooks.outcomes.FAILED).waitFor();
    await walk.click(row);
    const drawer = page.getByRole("dialog");
    await drawer.getByText(words.webhooks.why).waitFor();
    await drawer.getByText("the shop is closed today").waitFor();
    await walk.end();
  });

  test(`what a REST call would be in GraphQL ${where}`, async () => {
    const walk = await Walk.begin(options);
    const { page, words } = walk;
    await walk.visit("rest");
    await walk.type(page.getByRole("textbox", { name: words.rest.search }), "get_users_info");
    await walk.click(page.getByRole("row", { name: /get_users_info/ }).first());
    await page.getByRole("heading", { name: words.rest.operation }).waitFor();
    await page.getByText("query GetUsersInfo").waitFor();
    await walk.end();
  });
}

test("who goes and comes is seen without asking", async () => {
  const walk = await Walk.begin({ language: "en-GB", width: 1280 });
  await walk.visit("users");
  await walk.click(walk.page.getByText(walk.words.users.onlineNow));
  await walk.page.getByRole("row", { name: /Amara Okafor/ }).waitFor();
  await world.close(online);
  await walk.page.getByText(walk.words.users.nobodyOnline).waitFor({ timeout: 30_000 });
  await walk.end();
});
