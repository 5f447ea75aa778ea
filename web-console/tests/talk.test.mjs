// Pages about what is said: conversations with every kind of content, the chat while it is held still, broadcasts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { soon, until } from "../../tests/sdk/lib/wait.mjs";
import { sure } from "./acts.mjs";
import { everyPage } from "./every-page.mjs";
import { World } from "./world.mjs";

const EVIL = "<script>alert(1)</script>";
const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

let world;
let token;
before(async () => {
  world = await World.start();
  token = await world.adminToken();
  const people = Array.from({ length: 30 }, (_, n) => ({ id: `user${n}`, nickname: `Person ${n}` }));
  await world.register([...people, { id: "mallory", nickname: EVIL }]);
});
after(() => world?.stop());

const SEND =
  "mutation($to: RecipientInput!, $key: ID!, $content: MessageContentInput!) { sendMessage(input: { recipient: $to, clientMessageId: $key, content: $content }) { message { seq conversationId } } }";

let keys = 0;
async function send(by, to, content) {
  keys += 1;
  return (await world.ask(SEND, { to, key: `key${keys}`, content }, by)).sendMessage.message;
}

test("a conversation is read in both directions, and messages in it are taken back and deleted", async () => {
  const writer = await world.userToken("user1");
  for (let n = 1; n <= 120; n++) await send(writer, { userId: "user2" }, { text: { text: `Line ${n}.` } });
  const page = await world.inside({ path: "/console/conversations" });
  await page.getByRole("combobox", { name: "Name or id of a user" }).fill("user2");
  await page.keyboard.press("Enter");
  await page.waitForURL(/user=user2/);
  await page.getByText("Line 120.").waitFor();
  await world.shot(page, "conversations");
  await page.getByRole("row", { name: /Person 1/ }).press("Enter");
  const log = page.getByRole("region", { name: "Messages" });
  await log.getByText("Line 120.").waitFor();
  await log.getByText("Line 71.").waitFor();
  await page.getByRole("link", { name: "Older" }).first().click();
  await page.waitForURL(/before=71/);
  await log.getByText("Line 21.").waitFor();
  assert.equal(await log.getByText("Line 71.").count(), 0);
  await page.getByRole("link", { name: "Older" }).first().click();
  await log.getByText("Line 1.", { exact: true }).waitFor();
  await page.getByText("Nothing is older").first().waitFor();
  await page.getByRole("link", { name: "Newer" }).first().click();
  await log.getByText("Line 60.").waitFor();
  await page.getByRole("link", { name: "Newest" }).first().click();
  await log.getByText("Line 120.").waitFor();

  await page.getByRole("button", { name: "Acts for message 120" }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await sure(page, "Revoke", "not true");
  await log.getByText(/Taken back by .*administrator/).waitFor();
  await page.getByRole("button", { name: "Acts for message 119" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await sure(page, "Delete", "not nice");
  await log.getByText("1 message was deleted here").waitFor();
  assert.equal(await log.getByText("Line 119.").count(), 0);
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a message that was searched for is shown where it was said", async () => {
  // The index follows the log: what was said before is found, too.
  await world.indexed("Line 118");
  const page = await world.inside({ path: "/console/messages?search=Line&sender=user1" });
  await page.locator("mark").first().waitFor();
  await page.getByRole("textbox", { name: "Words of a message" }).fill("Line 42");
  await page.waitForURL(/search=Line\+42/);
  await page.getByRole("button", { name: "Acts for message 42", exact: true }).click();
  await page.getByRole("menuitem", { name: "In its conversation" }).click();
  await page.waitForURL(/seq=42/);
  await page.locator('[aria-current="true"]').getByText("Line 42.").waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a user is found by name or id, by keyboard, and nobody is guessed", async () => {
  const page = await world.inside({ path: "/console/relations" });
  const field = page.getByRole("combobox", { name: "Name or id of a user" });
  await field.fill("person 2");
  await page.getByRole("option", { name: /user20/ }).waitFor();
  await field.press("Enter");
  await page.getByText("Several people have this in their name or id.").waitFor();
  assert.deepEqual(await world.violations(page), []);
  await world.shot(page, "user-picker");
  await field.press("ArrowDown");
  await field.press("Enter");
  await page.waitForURL(/user=user2$/);
  assert.equal(await field.inputValue(), "user2");
  await field.fill("Person 7");
  await field.press("Enter");
  await page.waitForURL(/user=user7$/);
  await field.fill("Amara of Nowhere");
  await field.press("Enter");
  await page.getByText("Nobody is found by this.").waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  await page.goBack();
  await page.waitForURL(/user=user2$/);
  await until("the field follows", async () => (await field.inputValue()) === "user2");

  // What is typed before the answer comes stays.
  let letPass;
  const held = new Promise((resolve) => {
    letPass = resolve;
  });
  await page.route("**/graphql", async (route) => {
    const { operationName, variables } = route.request().postDataJSON();
    if (operationName === "FindUsers" && variables.text === "Person 9") await soon("the answer may come", held);
    await route.continue();
  });
  await field.fill("Person 9");
  await field.press("Enter");
  await field.fill("Nobody at all");
  letPass();
  await field.press("Enter");
  await page.getByText("Nobody is found by this.").waitFor();
  await world.settled(page);
  assert.equal(await field.inputValue(), "Nobody at all");
  assert.match(page.url(), /user=user2$/);
  await page.goto(`${world.address}/console/messages?search=Line`);
  const sender = page.getByRole("combobox", { name: "Sent by" });
  await sender.fill("person 1");
  await page.getByRole("option", { name: /Person 1 user1$/ }).click();
  await page.waitForURL(/sender=user1(&|$)/);
  await page.locator("mark").first().waitFor();
  await sender.fill("");
  await page.waitForURL((url) => !url.searchParams.has("sender"));
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a conversation without a reader offers those who are in it", async () => {
  const page = await world.inside({ path: "/console/conversations/si_user1_user2" });
  const people = page.getByRole("table", { name: "Who is in it" });
  await people.getByRole("row", { name: /Person 1/ }).waitFor();
  assert.deepEqual(await world.violations(page), []);
  await people.getByRole("row", { name: /Person 2/ }).press("Enter");
  await page.waitForURL(/user=user2/);
  await page.getByRole("region", { name: "Messages" }).getByText("Line 118.").waitFor();
  await world.ask(
    'mutation { createGroup(input: { id: "bookclub", name: "Book club", ownerId: "user3", memberIds: ["user4"] }) { group { id } } }',
    {},
    token,
  );
  await page.goto(`${world.address}/console/conversations/sg_bookclub`);
  await people.getByRole("row", { name: /Person 3/ }).waitFor();
  await people.getByRole("row", { name: /Person 4/ }).press("Enter");
  await page.waitForURL(/user=user4/);
  await page.getByText("sg_bookclub").waitFor();
  await world.shot(page, "insiders");
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("every kind of content is shown, and nothing that people wrote is more than text", async () => {
  const writer = await world.userToken("mallory");
  const group = (
    await world.ask(
      'mutation { createGroup(input: { id: "gallery", name: "Gallery", ownerId: "mallory", memberIds: ["user3"] }) { group { id } } }',
      {},
      token,
    )
  ).createGroup.group.id;
  const to = { groupId: group };
  const picture = { url: `${world.address}/console/icon.svg`, width: 10, height: 10 };
  const quote = { sendID: "user3", senderNickname: EVIL, contentType: 101, textElem: { content: "what was said" } };
  const contents = [
    { text: { text: EVIL } },
    { markdown: { text: "**bold**" } },
    { advancedText: { text: "with parts" } },
    { at: { text: "@Person 3 look", userIds: ["user3"] } },
    { quote: { text: "as you said", quoted: quote } },
    { picture: { source: picture, snapshot: picture } },
    { voice: { url: `${world.address}/object/none.mp3`, duration: 3 } },
    { video: { url: "javascript:alert(1)", duration: 4 } },
    { file: { name: "evil.html", url: "javascript:alert(1)", size: 1500 } },
    { file: { name: "plan.pdf", url: `${world.address}/object/plan.pdf`, size: 2500 } },
    { card: { userId: "user3", nickname: "Card of three" } },
    { location: { description: "The harbour", latitude: 22.54, longitude: 114.06 } },
    { merger: { title: "What we said", abstracts: ["A: hi"], messages: [quote, {}, 7] } },
    { face: { index: 7, data: "{}" } },
    { custom: { data: '{"order":1}', description: "An order" } },
    { raw: { contentType: 200, json: { odd: PIXEL } } },
  ];
  for (const content of contents) await send(writer, to, content);
  const revoked = await send(writer, to, { text: { text: "not for long" } });
  await world.ask(
    "mutation($id: ID!, $seq: Long!) { revokeMessage(input: { conversationId: $id, seq: $seq }) { message { seq } } }",
    { id: revoked.conversationId, seq: revoked.seq },
    writer,
  );
  const page = await world.inside({ path: "/console/groups/gallery" });
  await page.getByRole("main").getByRole("link", { name: "Messages", exact: true }).click();
  const log = page.getByRole("region", { name: "Messages" });
  await log.getByText(EVIL, { exact: true }).first().waitFor();
  for (const text of ["**bold**", "with parts", "@Person 3 look", "as you said", "what was said", "Video, 4 s"])
    await log.getByText(text, { exact: true }).first().waitFor();
  for (const text of ["The harbour", "Sticker 7", "An order", "Content of type 200", "Taken back by"])
    await log.getByText(text).first().waitFor();
  await log.getByRole("img", { name: "Picture" }).waitFor();
  await log.getByLabel("Voice message, 3 s").waitFor();
  await log.getByRole("link", { name: "plan.pdf" }).waitFor();
  assert.equal(await log.getByRole("link", { name: "evil.html" }).count(), 0);
  assert.equal(await page.locator('a[href^="javascript:"]').count(), 0);
  await log.getByRole("link", { name: "Card of three" }).waitFor();
  await log.getByText("What we said").click();
  await log.getByText("what was said").last().waitFor();
  await world.shot(page, "contents");
  assert.deepEqual(await world.violations(page), []);
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a chat that is held still shows what came by itself when it follows again", async () => {
  const page = await world.open({ path: "/console/chat" });
  await page.getByText("With a token").click();
  await world.signIn(page, await world.userToken("user5"));
  await page.getByRole("heading", { name: "Chat" }).waitFor();
  const writer = await world.userToken("user6", "IOS");
  await send(writer, { userId: "user5" }, { text: { text: "Before" } });
  await page.getByRole("button", { name: /Person 6/ }).click();
  const log = page.getByRole("log");
  await log.getByText("Before").waitFor();
  await page.getByRole("button", { name: /Hold what is shown/ }).click();
  await page.getByText("Paused", { exact: true }).waitFor();
  await world.settled(page);
  await send(writer, { userId: "user5" }, { text: { text: "Meanwhile" } });
  await page.waitForTimeout(800);
  assert.equal(await page.getByText("Meanwhile").count(), 0);
  await page.getByRole("button", { name: /Follow the server again/ }).click();
  await log.getByText("Meanwhile").waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a notification account is made and changed, and tells some users; whom it cannot reach is listed", async () => {
  const page = await world.inside({ path: "/console/broadcast?tab=accounts" });
  await page.getByText("There are no notification accounts yet.").waitFor();
  await page.getByRole("button", { name: "New account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Id" }).fill("newsroom");
  await dialog.getByRole("textbox", { name: "Nickname" }).fill("News");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Change newsroom" }).click();
  await dialog.getByRole("textbox", { name: "Nickname" }).fill("News room");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("table", { name: "Notification accounts" }).getByText("News room").waitFor();

  await page.getByRole("tab", { name: "Message" }).click();
  await page.getByRole("combobox", { name: "In the name of" }).fill("newsroom");
  await page.getByRole("textbox", { name: "Text" }).fill("To some of you");
  await page.getByRole("textbox", { name: "User ids" }).fill("user1\nuser2\nghost");
  await page.getByRole("button", { name: "Send" }).click();
  await sure(page, "Send", "the news of today");
  await page.getByText("2 sent, 1 failed, 3 of 3 tried").waitFor();
  await page.getByRole("table", { name: "Not reached" }).getByText("ghost").waitFor();
  await world.shot(page, "broadcast");
  assert.deepEqual(await world.violations(page), []);
  const reader = await world.userToken("user1");
  const mine = "{ viewer { conversations(first: 20) { edges { node { latestMessage { senderId rawText } } } } } }";
  await until("the message is the newest of a conversation", async () => {
    const { viewer } = await world.ask(mine, {}, reader);
    const newest = viewer.conversations.edges.map((edge) => edge.node.latestMessage);
    return newest.some((message) => message?.senderId === "newsroom" && message.rawText.includes("To some of you"));
  });
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a message to everybody shows how far it is, is stopped and goes on where it was", async () => {
  await world.register(Array.from({ length: 500 }, (_, n) => ({ id: `crowd${n}`, nickname: `Crowd ${n}` })));
  const page = await world.inside({ path: "/console/broadcast" });
  let batches = 0;
  let letPass;
  const held = new Promise((resolve) => {
    letPass = resolve;
  });
  await page.route("**/graphql", async (route) => {
    const { operationName } = route.request().postDataJSON();
    // The second batch is on its way for as long as the test wants.
    if (operationName === "SendBatch" && ++batches === 2) await held;
    await route.continue();
  });
  await page.getByRole("combobox", { name: "In the name of" }).fill("newsroom");
  await page.getByRole("textbox", { name: "Text" }).fill("To all of you");
  await page.getByText("All users").click();
  await page.getByRole("button", { name: "Send" }).click();
  await sure(page, "Send", "maintenance tonight");
  await page.getByText(/200 of \d+ tried/).waitFor();
  // Looking elsewhere does not stop it.
  await page.getByRole("link", { name: "Users" }).click();
  await page.getByRole("heading", { name: "Users" }).waitFor();
  await page.getByRole("link", { name: "Broadcast" }).click();
  await page.getByRole("button", { name: "Stop sending" }).click();
  letPass();
  await page.getByText("400 of 533 tried").waitFor();
  await page.getByText("Cancelled").waitFor();
  assert.equal(batches, 2);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByText("532 sent, 0 failed, 533 of 533 tried").waitFor();
  await page.getByText("Done").waitFor();
  assert.equal(batches, 3);
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a business notification is told to one", async () => {
  const page = await world.inside({ path: "/console/broadcast?tab=business" });
  await page.getByRole("combobox", { name: "In the name of" }).fill("newsroom");
  await page.getByRole("textbox", { name: "Id of the receiver" }).fill("ghost");
  await page.getByRole("textbox", { name: "Key" }).fill("order.paid");
  await page.getByRole("textbox", { name: "Data" }).fill('{"order":1}');
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Data" }).inputValue(), '{"order":1}');
  await page.getByRole("textbox", { name: "Id of the receiver" }).fill("user3");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("user3 was told.").waitFor();
  assert.deepEqual(await world.violations(page), []);
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

everyPage(
  "pages about talk",
  [
    "/conversations",
    "/conversations?user=user1",
    "/conversations/sg_gallery",
    "/conversations/sg_gallery?user=mallory",
    "/messages",
    "/broadcast",
    "/broadcast?tab=accounts",
    "/broadcast?tab=business",
  ],
  () => world,
);
