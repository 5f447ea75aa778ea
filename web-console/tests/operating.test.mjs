// Pages of an operator's day: explorers, webhooks, files, audit, clients' logs, configuration, push.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { soon, until } from "../../tests/sdk/lib/wait.mjs";
import { sure } from "./acts.mjs";
import { everyPage } from "./every-page.mjs";
import { World } from "./world.mjs";

const EVIL = "<img src=x onerror=alert(1)>";

/** The application's own server: it refuses until it is mended. */
const receiver = { mended: false, heard: [] };
const hooks = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  receiver.heard.push({ path: request.url, body });
  response.writeHead(receiver.mended ? 200 : 500, { "content-type": "application/json" });
  response.end(receiver.mended ? '{"actionCode":0,"errCode":0}' : "the database of the shop is down");
});

let world;
let token;
before(async () => {
  await new Promise((resolve) => hooks.listen(0, "127.0.0.1", resolve));
  world = await World.start({
    WEBHOOKS__URL: `http://127.0.0.1:${hooks.address().port}/hooks`,
    WEBHOOKS__ENABLED: "afterQuitGroup,beforeAddBlack",
    WEBHOOKS__ALLOW_PRIVATE_TARGETS: "true",
    WEBHOOKS__MAX_ATTEMPTS: "1",
    PUSH__ENABLE: "log",
  });
  token = await world.adminToken();
  await world.register([
    ...Array.from({ length: 5 }, (_, n) => ({ id: `user${n}`, nickname: `Person ${n}` })),
    { id: "mallory", nickname: EVIL },
  ]);
});
after(async () => {
  await world?.stop();
  hooks.close();
});

test("a REST route is found by a word, beside its operation, tried, and opened in GraphQL", async () => {
  const page = await world.inside({ path: "/console/rest" });
  await page.getByRole("textbox", { name: /Words of a route/ }).fill("users_info");
  await page.waitForURL(/search=users_info/);
  await page.getByRole("row", { name: /get_users_info/ }).press("Enter");
  await page.getByRole("heading", { name: "/user/get_users_info" }).waitFor();
  await page.getByText("query GetUsersInfo").waitFor();
  const body = page.getByRole("textbox", { name: "Body (JSON)" });
  assert.match(await body.inputValue(), /"userIDs": \[\s*"imAdmin"/);
  await body.fill("{ nonsense");
  assert.ok(await page.getByRole("button", { name: "Send" }).isDisabled());
  await body.fill('{"userIDs":["user3","mallory"]}');
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("errCode 0").waitFor();
  await page.getByText('"nickname": "Person 3"').waitFor();
  assert.equal(await page.locator('img[src="x"]').count(), 0);
  await world.shot(page, "rest");
  assert.deepEqual(await world.violations(page), []);
  await page.getByRole("button", { name: "Open in the GraphQL explorer" }).click();
  await page.waitForURL(/\/explorer/);
  await page.locator(".graphiql-query-editor").getByText("GetUsersInfo").first().waitFor();
  await page.locator(".graphiql-execute-button").click();
  await page.locator(".result-window").getByText("Person 3").first().waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a route that changes something asks first, and a refusal is shown as it is", async () => {
  const page = await world.inside({ path: "/console/rest/route/user/user_register" });
  const body = page.getByRole("textbox", { name: "Body (JSON)" });
  await body.fill('{"users":[{"userID":"user1","nickname":"Again","faceURL":""}]}');
  await page.getByRole("button", { name: "Send" }).click();
  await sure(page, "Send", "trying it out");
  await page.getByText("errCode 1102").waitFor();
  await page.goto(`${world.address}/console/rest/route/no/such_route`);
  await page.getByText("There is no route /no/such_route.").waitFor();
  await world.close(page);
});

test("a saved example is opened, its plan is shown, and a query is measured", async () => {
  const page = await world.inside({ path: "/console/explorer?example=users/find" });
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  await page.getByRole("button", { name: "Query plan" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Show the plan" }).click();
  await drawer.getByText("users", { exact: true }).first().waitFor();
  await drawer.getByText(/Cost \d+/).waitFor();
  await drawer.getByRole("button", { name: "Run and measure" }).click();
  await drawer
    .getByText(/[\d.]+ ms/)
    .first()
    .waitFor();
  await world.shot(page, "plan");
  await page.keyboard.press("Escape");
  // The focus goes back to where it came from, and would leave a list that was opened before.
  await page.getByRole("button", { name: "Query plan" }).and(page.locator(":focus")).waitFor();
  await page.getByRole("combobox", { name: "Saved examples" }).fill("messages/send");
  await page.getByRole("option", { name: "messages/send" }).click();
  await page.waitForURL(/example=messages/);
  await page.locator(".graphiql-query-editor").getByText("sendMessage").first().waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("the explorer follows a subscription", async () => {
  const query = encodeURIComponent("subscription { events { __typename } }");
  const page = await world.inside({ path: `/console/explorer?query=${query}` });
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  await page.locator(".graphiql-execute-button").click();
  await page.locator(".result-window").getByText("Ready").first().waitFor();
  await world.close(page);
});

test("why a webhook failed is found, and it is sent again", async () => {
  const group =
    'mutation { createGroup(input: { id: "shop", name: "Shop", ownerId: "user0", memberIds: ["user1"] }) { group { id } } }';
  await world.ask(group, {}, token);
  await world.ask(
    'mutation { leaveGroup(input: { groupId: "shop" }) { group { id } } }',
    {},
    await world.userToken("user1"),
  );
  await world.givenUp("afterQuitGroup");
  const page = await world.inside({ path: "/console/webhooks?outcome=FAILED" });
  const row = page.getByRole("row", { name: /afterQuitGroup/ });
  await row.waitFor();
  const hook = page.getByRole("combobox", { name: "Hook" });
  await hook.pressSequentially("quit", { delay: 100 });
  assert.equal(await page.getByRole("alert").count(), 0);
  await page.getByRole("option", { name: "afterQuitGroup" }).click();
  await page.waitForURL(/search=afterQuitGroup/);
  await row.press("Enter");
  await page.waitForURL(/open=/);
  const drawer = page.getByRole("dialog");
  await drawer.getByText("the database of the shop is down").waitFor();
  await drawer.getByText("500", { exact: true }).waitFor();
  await world.shot(page, "webhooks");
  assert.deepEqual(await world.violations(page), []);
  for (const path of ["/", "/health"]) {
    const other = await world.inside({ path: `/console${path}` });
    await other.getByRole("link", { name: "1 given up in the last hour" }).click();
    await other.waitForURL(/webhooks\?outcome=FAILED/);
    await other.getByRole("row", { name: /afterQuitGroup/ }).waitFor();
    assert.deepEqual(other.complaints, []);
    await world.close(other);
  }
  receiver.mended = true;
  await page.reload();
  await drawer.getByRole("button", { name: "Send again" }).click();
  await page.getByText("It is sent again").waitFor();
  await until("it is heard again", async () => receiver.heard.length >= 2);
  assert.equal(receiver.heard.length, 2);
  assert.equal(receiver.heard[0].body, receiver.heard[1].body);
  await page.goto(`${world.address}/console/webhooks?view=hooks`);
  await page.getByRole("row", { name: /beforeAddBlack/ }).waitFor();
  assert.deepEqual(await world.violations(page), []);
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("files are uploaded from the page and lie where it says", async () => {
  const page = await world.inside({ path: "/console/files" });
  await page.getByRole("button", { name: "Upload" }).click();
  const dialog = page.getByRole("dialog");
  // The second one has two parts.
  const long = Buffer.alloc((6 << 20) + 1, "two");
  const files = [
    { name: "one.txt", mimeType: "text/plain", buffer: Buffer.from("one") },
    { name: "two.txt", mimeType: "text/plain", buffer: long },
  ];
  await page.locator('input[type="file"]').setInputFiles(files);
  await dialog.getByRole("textbox", { name: "Folder" }).fill("imAdmin/letters");
  await dialog.getByText("imAdmin/letters/two.txt").waitFor();
  await dialog.getByRole("button", { name: "Upload" }).click();
  await dialog.getByText("Stored").nth(1).waitFor();
  assert.deepEqual(await world.violations(page), []);
  await world.shot(page, "upload");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  const link = await page.getByRole("link", { name: "imAdmin/letters/two.txt" }).getAttribute("href");
  const read = await fetch(new URL(link, world.address));
  assert.ok(Buffer.from(await read.arrayBuffer()).equals(long));
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("an act is found in the audit log, with its arguments and its reason", async () => {
  const headers = {
    "content-type": "application/json",
    authorization: `Bearer ${token}`,
    "audit-reason": "the%20game%20is%20over",
  };
  const query =
    'mutation { createGroup(input: { id: "game", name: "Game", ownerId: "user0", memberIds: ["user2"] }) { group { id } } }';
  await world.ask(query, {}, token);
  const dismiss = JSON.stringify({ query: 'mutation { dismissGroup(input: { groupId: "game" }) { group { id } } }' });
  const dismissed = fetch(`${world.address}/graphql`, { method: "POST", headers, body: dismiss });
  assert.equal((await soon("the group is dismissed", dismissed)).status, 200);
  await world.audited("dismissGroup");
  const page = await world.inside({ path: "/console/audit" });
  await page.getByRole("combobox", { name: "Mutation" }).fill("dismissgr");
  await page.getByRole("option", { name: "dismissGroup" }).click();
  await page.waitForURL(/operation=dismissGroup/);
  const row = page.getByRole("row", { name: /dismissGroup/ });
  await row.press("Enter");
  await page.waitForURL(/open=/);
  const drawer = page.getByRole("dialog");
  await drawer.getByText("the game is over").waitFor();
  const time = row.locator("time");
  assert.match(await time.getAttribute("title"), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.match(await time.textContent(), /^\d{1,2} \w+, \d\d:\d\d:\d\d$/);
  assert.match(await drawer.locator("time").textContent(), /^\d{1,2} \w+, \d\d:\d\d:\d\d \S+$/);
  await drawer.getByText('"groupId": "game"').waitFor();
  await world.shot(page, "audit");
  assert.deepEqual(await world.violations(page), []);
  await page.goto(`${world.address}/console/audit?operation=dismissGroup&outcome=FAILED`);
  await page.getByText("No act is found by this.").waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("clients' logs are searched, and forgotten with a reason", async () => {
  const upload =
    'mutation($name: String!) { uploadClientLogs(input: { platform: IOS, version: "3.8", files: [{ name: $name, url: "https://files.example/1.log" }] }) { logs { id } } }';
  const user = await world.userToken("user1");
  for (const name of ["monday.log", EVIL]) await world.ask(upload, { name }, user);
  const page = await world.inside({ path: "/console/logs?search=user1" });
  await page.getByRole("link", { name: "monday.log" }).waitFor();
  await page.getByText(EVIL).waitFor();
  assert.equal(await page.locator('img[src="x"]').count(), 0);
  assert.deepEqual(await world.violations(page), []);
  await world.shot(page, "logs");
  await page.getByRole("checkbox", { name: "Choose monday.log of user1" }).check();
  await page.getByRole("button", { name: "Delete 1 log" }).click();
  await sure(page, "Delete logs", "looked at");
  await page.getByText("1 entry").waitFor();
  await page.getByRole("textbox", { name: "Search" }).fill("nobody");
  await page.getByText("No client has uploaded such logs.").waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a setting is found, a wrong value is told beside it, a right one counts and is taken back", async () => {
  const page = await world.inside({ path: "/console/configuration?search=limits.user_per_minute" });
  const field = page.getByRole("textbox", { name: "limits.user_per_minute" });
  const first = await field.inputValue();
  await field.fill("many");
  await page.getByText("1 change").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await sure(page, "Save", "more people");
  await page
    .getByText(/whole number|integer|number from/)
    .nth(1)
    .waitFor();
  await field.fill("1234");
  await page.getByRole("button", { name: "Save" }).click();
  await sure(page, "Save", "more people");
  await page.getByText("Stored here").waitFor();
  await world.shot(page, "configuration");
  assert.deepEqual(await world.violations(page), []);
  await page.getByRole("tab", { name: "History" }).click();
  await page.getByRole("row", { name: /limits.user_per_minute.*1234/ }).waitFor();
  await page.goto(`${world.address}/console/configuration?search=limits.user_per_minute`);
  await page.getByRole("button", { name: "Take back limits.user_per_minute" }).click();
  await sure(page, "Take back", "enough");
  await page.getByText("Stored here").waitFor({ state: "hidden" });
  assert.equal(await field.inputValue(), first);
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("what the server says of settings is said in Chinese, and found by it", async () => {
  const page = await world.inside({ path: "/console/configuration?search=server.listen", language: "zh-CN" });
  const setting = page.getByRole("region", { name: "server.listen" });
  await setting.getByText(/它指明数据或其他进程的位置/).waitFor();
  await setting.getByText(/可取值：“地址:端口”的列表/).waitFor();
  await page.getByRole("textbox", { name: "键、含义或来源" }).fill("server 命令行");
  await page.waitForURL(/search=server/);
  await page.getByRole("region").first().getByText("命令行", { exact: true }).waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a test push goes out and is found in the log of pushes", async () => {
  const page = await world.inside({ path: "/console/push" });
  await page.getByRole("heading", { name: "Log", exact: true }).waitFor();
  await page.getByText("In use", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Test push" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "To (user id)" }).fill("user1");
  await dialog.getByRole("textbox", { name: "Headline" }).fill("Hello");
  await dialog.getByRole("textbox", { name: "Text" }).fill("Is this thing on?");
  await dialog.getByRole("button", { name: "Send" }).click();
  await dialog.waitFor({ state: "hidden" });
  const row = page.getByRole("row", { name: /Person 1/ });
  await row.waitFor();
  await row.press("Enter");
  await page.getByRole("dialog").getByText("Is this thing on?").waitFor();
  await world.shot(page, "push");
  assert.deepEqual(await world.violations(page), []);
  await page.goto(`${world.address}/console/push?outcome=FAILED`);
  await page.getByText("Nobody was pushed to.").waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("who administers is seen, and a secret that is set elsewhere is not exchanged here", async () => {
  const page = await world.inside({ path: "/console/access" });
  await page.getByRole("row", { name: /imAdmin/ }).waitFor();
  await page.getByText("It cannot be exchanged here").waitFor();
  assert.equal(await page.getByRole("button", { name: "Exchange the secret" }).count(), 0);
  assert.deepEqual(await world.violations(page), []);
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a secret is exchanged: the new one is shown once and works, and everybody is logged out", async () => {
  const other = await World.start({ AUTH__SECRET: "" });
  try {
    const page = await other.inside({ path: "/console/access" });
    await page.getByRole("switch", { name: "End every login" }).check({ force: true });
    await page.getByRole("button", { name: "Exchange the secret" }).click();
    await sure(page, "Exchange the secret", "somebody left the company", false);
    const dialog = page.getByRole("dialog", { name: "The new secret" });
    const secret = (await dialog.locator("pre").textContent()).trim();
    await other.shot(page, "access");
    await dialog.getByRole("button", { name: "I have kept it" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await other.signIn(page);
    await page.getByRole("alert").waitFor();
    await other.signIn(page, secret);
    await page.locator("#page h1").waitFor();
    await other.close(page);
  } finally {
    await other.stop();
  }
});

everyPage(
  "an operator's pages",
  [
    "/rest",
    "/rest/route/user/user_register",
    "/rest/route/object/{name}",
    "/files",
    "/webhooks",
    "/webhooks?view=hooks",
    "/audit",
    "/logs",
    "/configuration",
    "/configuration?view=history",
    "/push",
    "/access",
  ],
  () => world,
);

test("a session that has ended leads to the sign-in and back to the page", async () => {
  const page = await world.inside({ path: "/console/rest?search=friend" });
  await page
    .getByRole("row", { name: /add_friend/ })
    .first()
    .waitFor();
  await page.evaluate(() => {
    const kept = JSON.parse(sessionStorage.getItem("openim.session"));
    sessionStorage.setItem("openim.session", JSON.stringify({ ...kept, token: "no token any more" }));
  });
  await page.goto(`${world.address}/console/webhooks`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByText("Your session was ended by the server").waitFor();
  await world.close(page);
});
