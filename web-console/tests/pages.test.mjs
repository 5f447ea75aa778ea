// The console's pages against the real server, in a real browser.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { everyPage } from "./every-page.mjs";
import { World } from "./world.mjs";

let world;
before(async () => {
  world = await World.start();
  const token = await world.adminToken();
  const users = Array.from({ length: 60 }, (_, n) => ({ id: `user${n}`, nickname: `Person ${n}` }));
  users.push({ id: "mallory", nickname: "<img src=x onerror=alert(1)>" });
  await world.ask(
    "mutation($users: [NewUserInput!]!) { registerUsers(input: { users: $users }) { users { id } } }",
    { users },
    token,
  );
});
after(() => world?.stop());

test("a wrong secret is told, the right one opens the overview", async () => {
  const page = await world.open();
  const wrong = page.getByRole("alert").getByText("The user id or the secret is wrong.");
  await world.signIn(page, "not the secret");
  await wrong.waitFor();
  await page.getByRole("textbox", { name: "Administrator's user id" }).fill("user1");
  const answered = page.waitForResponse("**/graphql");
  await world.signIn(page);
  await answered;
  await wrong.waitFor();
  await page.getByRole("textbox", { name: "Administrator's user id" }).fill("imAdmin");
  await world.signIn(page);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByText("Accounts").waitFor();
  await world.shot(page, "overview");
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("an address inside is reached after signing in, and stays after a reload", async () => {
  const page = await world.open({ path: "/console/users?search=Person%203" });
  await world.signIn(page);
  await page.getByText("Person 33").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("search"), "Person 3");
  await page.reload();
  await page.getByText("Person 33").waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("users are found, paged, opened by keyboard, changed", async () => {
  const page = await world.inside({ path: "/console/users" });
  await page.getByRole("table", { name: "Users" }).waitFor();
  await world.shot(page, "users");
  await page.getByText("entries").waitFor();
  await page.getByRole("textbox", { name: "User id or nickname" }).fill("user7");
  await page.waitForURL(/search=user7/);
  await page.getByText("1 entry").waitFor();
  await page.getByRole("row", { name: /Person 7/ }).press("Enter");
  await page.getByRole("heading", { name: "Person 7" }).waitFor();
  await page.getByRole("textbox", { name: "Nickname" }).fill("Seven");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Seven" }).waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a user is registered, and an id that is taken keeps the form", async () => {
  const page = await world.inside({ path: "/console/users" });
  await page.getByRole("button", { name: "New user" }).click();
  await page.getByRole("textbox", { name: "User id", exact: true }).fill("user1");
  await page.getByRole("textbox", { name: "Nickname", exact: true }).fill("Twice");
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByText("This user id is taken.").waitFor();
  await page.getByRole("textbox", { name: "User id", exact: true }).fill("newcomer");
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByRole("heading", { name: "Twice" }).waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("what people wrote is text, whatever it looks like", async () => {
  const page = await world.inside({ path: "/console/users?search=mallory" });
  await page.getByText("<img src=x onerror=alert(1)>").waitFor();
  assert.equal(await page.locator('img[src="x"]').count(), 0);
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a session that the server has ended leads to signing in again", async () => {
  const page = await world.inside();
  await page.waitForLoadState("networkidle");
  const token = await world.adminToken();
  await world.ask('mutation { revokeSessions(input: { userId: "imAdmin", platform: ADMIN }) { revoked } }', {}, token);
  await page.getByRole("link", { name: "Users" }).click();
  await page.getByText("Your session was ended by the server.").waitFor();
  await world.signIn(page);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await world.close(page);
});

test("two windows talk to each other, live", async () => {
  const token = await world.adminToken();
  const create = "mutation($id: ID!) { createUserToken(input: { userId: $id, platform: WEB }) { token } }";
  const windows = [];
  for (const id of ["user1", "user2"]) {
    const page = await world.open({ path: "/console/chat" });
    await page.getByText("With a token").click();
    await world.signIn(page, (await world.ask(create, { id }, token)).createUserToken.token);
    await page.getByRole("heading", { name: "Chat" }).waitFor();
    windows.push(page);
  }
  const [one, two] = windows;
  await one.getByRole("textbox", { name: "User id, then Enter" }).fill("user2");
  await one.keyboard.press("Enter");
  await one.getByRole("textbox", { name: "Message" }).fill("Hello <b>two</b>");
  await one.keyboard.press("Enter");
  await two.getByText("Hello <b>two</b>").first().waitFor();
  await two.getByRole("button", { name: /Person 1/ }).click();
  await two.getByRole("textbox", { name: "Message" }).fill("Hello one");
  await two.getByRole("button", { name: "Send" }).click();
  await one.getByRole("log").getByText("Hello one").waitFor();
  await one.getByText("Live", { exact: true }).waitFor();
  await world.shot(one, "chat");
  assert.deepEqual(await world.violations(one), []);
  assert.deepEqual([...one.complaints, ...two.complaints], []);
  for (const page of windows) await world.close(page);
});

test("a phone shows a talk instead of the list, and the list again", async () => {
  const page = await world.open({ path: "/console/chat", width: 390 });
  await page.getByText("With a token").click();
  await world.signIn(page, await world.userToken("user2", "IOS"));
  const list = page.getByRole("navigation", { name: "Conversations" });
  await list.getByRole("button", { name: /Person 1/ }).click();
  const line = page.getByRole("textbox", { name: "Message" });
  await line.waitFor();
  const { y, height } = await line.boundingBox();
  assert.ok(y + height <= 800, `one writes without scrolling, at ${y}`);
  assert.equal(await list.isVisible(), false);
  const back = page.getByRole("link", { name: "All conversations" });
  // The keyboard is where the way back is.
  await back.and(page.locator(":focus")).waitFor();
  await world.shot(page, "chat-phone");
  assert.deepEqual(await world.violations(page), []);
  await page.keyboard.press("Enter");
  await list.waitFor();
  assert.equal(await line.count(), 0);
  await page.goBack();
  await line.waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a message is found by its words, in Chinese too, and taken back", async () => {
  const token = await world.adminToken();
  const create = 'mutation { createUserToken(input: { userId: "user4", platform: IOS }) { token } }';
  const writer = (await world.ask(create, {}, token)).createUserToken.token;
  const send =
    'mutation($key: ID!, $text: String!) { sendMessage(input: { recipient: { userId: "user5" }, clientMessageId: $key, content: { text: { text: $text } } }) { message { seq } } }';
  await world.ask(send, { key: "1", text: "The lighthouse keeper waved" }, writer);
  await world.ask(send, { key: "2", text: "今天晚上一起吃饭吗" }, writer);
  for (const text of ["lighthouse", "吃饭"]) await world.indexed(text);
  const page = await world.inside({ path: "/console/messages" });
  const words = page.getByRole("textbox", { name: "Words of a message" });
  await words.fill("lighthouse");
  await page.waitForURL(/search=lighthouse/);
  await page.locator("mark").getByText("lighthouse").waitFor();
  await world.shot(page, "messages");
  assert.deepEqual(await world.violations(page), []);
  await page.getByRole("button", { name: /Acts for message/ }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill("说得太多");
  const asked = page.waitForRequest((request) => request.headers()["audit-reason"] !== undefined);
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  assert.equal(decodeURIComponent((await asked).headers()["audit-reason"]), "说得太多");
  await page.getByText("The message was revoked").waitFor();
  await words.fill("吃饭");
  await page.locator("mark").getByText("吃饭").waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a file is listed with its size, opened and deleted", async () => {
  const token = await world.adminToken();
  const content = "the content of a file";
  const md5 = (text) => createHash("md5").update(text).digest("hex");
  const start =
    'mutation($size: Long!, $hash: String!) { startUpload(input: { name: "user1/notes.txt", size: $size, hash: $hash, contentType: "text/plain", cause: "msg-file" }) { upload { id signedParts(first: -1) { parts { url } } } } }';
  const { upload } = (await world.ask(start, { size: content.length, hash: md5(md5(content)) }, token)).startUpload;
  const sent = await fetch(new URL(upload.signedParts.parts[0].url, world.address), { method: "PUT", body: content });
  assert.equal(sent.status, 200);
  const complete =
    "mutation($id: ID!, $hash: String!) { completeUpload(input: { uploadId: $id, partHashes: [$hash] }) { file { name } } }";
  await world.ask(complete, { id: upload.id, hash: md5(content) }, token);
  const page = await world.inside({ path: "/console/files" });
  await page.getByRole("link", { name: "user1/notes.txt" }).waitFor();
  await page.getByText("21 byte together").waitFor();
  const link = await page.getByRole("link", { name: "user1/notes.txt" }).getAttribute("href");
  assert.equal(await (await fetch(new URL(link, world.address))).text(), content);
  await world.shot(page, "files");
  assert.deepEqual(await world.violations(page), []);
  await page.getByRole("button", { name: "Delete user1/notes.txt" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No files.").waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a group is found, muted, loses a member and is dismissed", async () => {
  const token = await world.adminToken();
  await world.ask(
    'mutation { createGroup(input: { id: "harbour", name: "Harbour", ownerId: "user1", memberIds: ["user2", "user3"] }) { group { id } } }',
    {},
    token,
  );
  const page = await world.inside({ path: "/console/groups?search=harb" });
  await page.getByRole("row", { name: /Harbour/ }).press("Enter");
  await page.getByRole("heading", { name: "Harbour" }).waitFor();
  await page.getByRole("button", { name: "Mute", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Mute" }).click();
  await page.getByRole("button", { name: "Unmute" }).waitFor();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Acts for user3" }).click();
  await page.getByRole("menuitem", { name: "Remove from the group" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("2 entries").waitFor();
  await world.shot(page, "group");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.locator("#page").getByRole("button", { name: "Dismiss" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Dismiss" }).click();
  await page.getByText("Dismissed").first().waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("the explorer asks the server's own graph", async () => {
  const page = await world.inside({ path: "/console/explorer" });
  await page.locator(".graphiql-container").waitFor();
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  await page.locator(".graphiql-execute-button").click();
  await page.locator(".result-window").getByText("serverTime").first().waitFor();
  await world.shot(page, "explorer");
  await world.close(page);
});

test("an unknown address says so, and a user that is not there as well", async () => {
  const other = await world.inside();
  await other.goto(`${world.address}/console/users/nobody`);
  await other.getByText("There is no user nobody.").waitFor();
  await other.goto(`${world.address}/console/nowhere`);
  await other.getByRole("heading", { name: "There is no such page" }).waitFor();
  assert.deepEqual(await world.violations(other), []);
  await other.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Users" }).click();
  await other.getByRole("heading", { name: "Users" }).waitFor();
  await world.close(other);
});

test("a phone shows the editor of the explorer above its answer, both wide enough to read", async () => {
  const page = await world.inside({ path: "/console/explorer", width: 390 });
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  await page.locator(".graphiql-execute-button").click();
  await page.locator(".result-window").getByText("serverTime").first().waitFor();
  const editor = await page.locator(".graphiql-editors").boundingBox();
  const answer = await page.locator(".graphiql-response").boundingBox();
  assert.ok(editor.width > 300 && answer.width > 300, JSON.stringify({ editor, answer }));
  assert.ok(editor.height > 150 && answer.height > 150, JSON.stringify({ editor, answer }));
  assert.ok(answer.y >= editor.y + editor.height);
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  const documentation = await page.locator(".graphiql-plugin").boundingBox();
  assert.ok(documentation.width > 300 && documentation.height > 150, JSON.stringify(documentation));
  await world.shot(page, "explorer-phone");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  assert.equal(wide, false, "no wider than the screen");
  await world.close(page);
});

test("axe finds nothing wrong with the sign-in", async () => {
  for (const look of [{ scheme: "light" }, { scheme: "dark" }, { language: "zh-CN" }]) {
    const page = await world.open(look);
    await page.locator("h1").waitFor();
    assert.deepEqual(await world.violations(page), [], JSON.stringify(look));
    await world.close(page);
  }
});

everyPage("the first pages", ["/users", "/groups", "/chat"], () => world);

test("a phone sees the pages by the menu", async () => {
  const page = await world.inside({ width: 390 });
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("link", { name: "Users" }).click();
  await page.getByRole("table", { name: "Users" }).waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  assert.equal(wide, false, "no page is wider than the screen");
  await world.shot(page, "users-phone");
  await world.close(page);
});
