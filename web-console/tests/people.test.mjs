// Pages about people: accounts, relations, groups, and lists that are longer than anybody reads.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { soon, until } from "../../tests/sdk/lib/wait.mjs";
import { closed, sure } from "./acts.mjs";
import { everyPage } from "./every-page.mjs";
import { World } from "./world.mjs";

const MANY = 3000;
const EVIL = "<script>alert(1)</script>";

let world;
let token;
before(async () => {
  world = await World.start();
  token = await world.adminToken();
  const people = Array.from({ length: 20 }, (_, n) => ({ id: `user${n}`, nickname: `Person ${n}` }));
  await world.register([...people, { id: "mallory", nickname: EVIL }]);
});
after(() => world?.stop());

test("a token is made, works, and ends with the sessions", async () => {
  const page = await world.inside({ path: "/console/users/user1" });
  await page.getByRole("button", { name: "Make a token" }).click();
  const made = await page.locator("pre").textContent();
  assert.equal((await world.ask("{ viewer { id } }", {}, made)).viewer.id, "user1");
  await page.getByRole("button", { name: "End sessions" }).click();
  await sure(page, "Sign out", "a lost phone");
  await page.getByText("1 token was ended").waitFor();
  await assert.rejects(world.ask("{ viewer { id } }", {}, made), /TOKEN/);
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("what a user receives and what the clients are configured with is changed", async () => {
  const page = await world.inside({ path: "/console/users/user2" });
  await page.getByRole("combobox", { name: "Receives" }).click();
  await page.getByRole("option", { name: "Silently" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").waitFor();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("theme");
  await page.getByRole("textbox", { name: "Value" }).fill("dark");
  await page.getByRole("button", { name: "Set", exact: true }).click();
  await page.getByRole("button", { name: "Remove theme" }).waitFor();
  await page.reload();
  await page.getByRole("cell", { name: "dark", exact: true }).waitFor();
  assert.equal(await page.getByRole("combobox", { name: "Receives" }).inputValue(), "Silently");
  assert.deepEqual(await world.violations(page), []);
  await page.getByRole("button", { name: "Remove theme" }).click();
  await sure(page, "Remove", "no longer used");
  await page.getByText("Nothing is set.").waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("friends are imported, found and removed; a request is answered; a block is lifted", async () => {
  const page = await world.inside({ path: "/console/users/user1" });
  await page.locator("#page").getByRole("link", { name: "Relations" }).click();
  await page.getByText("There are no friends.").waitFor();
  await page.getByRole("button", { name: "Import friends" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "User ids" }).fill("user2, user3\nmallory nobody");
  await dialog.getByRole("button", { name: "Import friends" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByRole("textbox", { name: "User ids" }).fill("user2, user3\nmallory");
  await dialog.getByRole("button", { name: "Import friends" }).click();
  await page.getByText("3 entries").waitFor();
  await page.getByText(EVIL).waitFor();
  await world.shot(page, "relations");
  assert.deepEqual(await world.violations(page), []);
  await page.getByRole("textbox", { name: "Id, name or remark" }).fill("person 3");
  await page.waitForURL(/search=person/);
  await page.getByText("1 entry").waitFor();
  await page.getByRole("button", { name: "Remove user3" }).click();
  await sure(page, "Remove", "asked for by the user");
  await page.getByText("No friend is found by this.").waitFor();

  await world.ask(
    'mutation { sendFriendRequest(input: { toId: "user1", message: "It is me" }) { status } }',
    {},
    await world.userToken("user9"),
  );
  await world.ask(
    'mutation { blockUser(input: { blockedId: "user5" }) { changed } }',
    {},
    await world.userToken("user1"),
  );
  await page.getByRole("tab", { name: "Requests received" }).click();
  await page.getByText("It is me").waitFor();
  await page.getByRole("button", { name: "Accept" }).click();
  await page.getByText("Accepted").waitFor();
  await page.getByRole("tab", { name: "Requests sent" }).click();
  await page.getByText("There are no requests.").waitFor();
  await page.getByRole("tab", { name: "Blocked" }).click();
  await page.waitForURL(/tab=blacks/);
  await page.getByRole("button", { name: "Unblock user5" }).click();
  await sure(page, "Unblock", "");
  await page.getByText("Nobody is blocked.").waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a group is made and changed, its members get roles, are muted and added, an application is answered", async () => {
  const page = await world.inside({ path: "/console/groups" });
  await page.getByRole("button", { name: "New group" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("Sailors");
  await dialog.getByRole("textbox", { name: "Owner" }).fill("user1");
  await dialog.getByRole("textbox", { name: "Members" }).fill("user2 mallory");
  await dialog.getByRole("textbox", { name: "Group id" }).fill("sailors");
  await dialog.getByRole("button", { name: "Make" }).click();
  await page.getByRole("heading", { name: "Sailors" }).waitFor();
  await page.getByText(EVIL).waitFor();

  await page.getByRole("button", { name: "Add members" }).click();
  await page.getByRole("textbox", { name: "User ids" }).fill("user3");
  await page.getByRole("dialog").getByRole("button", { name: "Add members" }).click();
  await page.getByText("4 entries").waitFor();
  await page.getByRole("dialog").waitFor({ state: "hidden" });

  await page.getByRole("button", { name: "Acts for user2" }).click();
  await page.getByRole("menuitem", { name: "Make administrator" }).click();
  await sure(page, "Make administrator", "helps out");
  await page.getByRole("row", { name: /user2/ }).getByText("Administrator").waitFor();
  await page.getByRole("button", { name: "Acts for mallory" }).click();
  await page.getByRole("menuitem", { name: "Mute for a day" }).click();
  await sure(page, "Mute", "spam");
  await page.getByText(/Muted until/).waitFor();
  await page.getByRole("combobox", { name: "Role" }).click();
  await page.getByRole("option", { name: "Owner" }).click();
  await page.waitForURL(/role=OWNER/);
  await page.getByText("1 entry").waitFor();
  assert.deepEqual(await world.violations(page), []);

  await world.ask(
    'mutation { joinGroup(input: { groupId: "sailors", message: "May I?", source: SEARCH }) { status } }',
    {},
    await world.userToken("user8"),
  );
  await page.getByRole("tab", { name: "Applications" }).click();
  await page.getByText("May I?").waitFor();
  await page.getByRole("button", { name: "Accept" }).click();
  await page.getByRole("table", { name: "Applications" }).getByText("Accepted").waitFor();
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByRole("textbox", { name: "Introduction" }).fill("Who loves the sea");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("#page").getByText("Who loves the sea").first().waitFor();
  await page.getByRole("tab", { name: "Members" }).click();
  await page.getByText("5 entries").waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("what does not exist is said, and a paste of megabytes does no harm", async () => {
  const page = await world.inside({ path: "/console/groups/nowhere" });
  await page.getByText("There is no group nowhere.").waitFor();
  await page.goto(`${world.address}/console/relations?user=nobody`);
  await page.getByText("There is no user nobody.").waitFor();
  await page.goto(`${world.address}/console/conversations?user=nobody`);
  await page.getByText("There is no user nobody.").waitFor();
  await page.goto(`${world.address}/console/conversations/si_user1_nobody?user=user1`);
  await page.getByText("user1 has no conversation si_user1_nobody.").waitFor();
  await page.goto(`${world.address}/console/relations?user=user1`);
  await page.getByRole("button", { name: "Import friends" }).click();
  const ids = Array.from({ length: 500_000 }, (_, n) => `person${n}`).join(", ");
  assert.ok(ids.length > 5_000_000);
  await page.getByRole("textbox", { name: "User ids" }).focus();
  await page.keyboard.insertText(ids);
  await page.getByText("At most 1000 at once.").waitFor();
  assert.equal(await page.getByRole("dialog").getByRole("button", { name: "Import friends" }).isDisabled(), true);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("a group of thousands scrolls: few rows exist, all can be reached, and the place stays in the address", async () => {
  const ids = Array.from({ length: MANY }, (_, n) => `many${String(n).padStart(5, "0")}`);
  await world.register(ids.map((id) => ({ id, nickname: `Of many ${id}` })));
  await world.ask(
    'mutation { createGroup(input: { id: "many", name: "Many", ownerId: "user1" }) { group { id } } }',
    {},
    token,
  );
  // So few at once are done long before the server gives up on a slow machine.
  for (let start = 0; start < MANY; start += 100) {
    await world.ask(
      'mutation($ids: [ID!]!) { inviteToGroup(input: { groupId: "many", userIds: $ids }) { joinedIds } }',
      { ids: ids.slice(start, start + 100) },
      token,
    );
  }
  const page = await world.inside({ path: "/console/groups/many" });
  const asked = [];
  page.on("request", (request) => {
    const { operationName, variables } = request.postDataJSON?.() ?? {};
    if (operationName === "OneGroup") asked.push(variables);
  });
  const table = page.getByRole("table", { name: "Members" });
  await page.getByText("3,001 entries").waitFor();
  assert.equal(await table.getAttribute("aria-rowcount"), "3002");
  const rows = () => table.locator("tbody tr[aria-rowindex]").count();
  assert.ok((await rows()) < 60, `${await rows()} rows exist`);

  // On by cursor while one reads, and by keyboard.
  const frame = page.getByRole("region", { name: "Members" });
  await frame.focus();
  await until("the next rows are asked for", async () => {
    await page.keyboard.press("PageDown");
    return asked.length >= 1;
  });
  await page.waitForURL(/offset=\d+/);
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
  assert.ok(asked.every((variables) => variables.offset == null && variables.after !== null));

  // To the end by the bar.
  await frame.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await table.getByText("many02999", { exact: true }).waitFor();
  await page.waitForURL(/offset=29\d\d/);
  assert.ok((await rows()) < 60, `${await rows()} rows exist`);
  assert.ok(asked.at(-1).offset >= MANY - 100, `${asked.at(-1).offset}`);
  await page.reload();
  await table.getByText("many02999", { exact: true }).waitFor();
  await world.shot(page, "members");
  assert.deepEqual(await world.violations(page), []);

  // Another question begins at its top.
  await page.getByRole("textbox", { name: "Member's id or name" }).fill("many0299");
  await page.getByText("10 entries").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("offset"), null);
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("an answer that comes late closes no question that was asked since", async () => {
  const page = await world.inside({ path: "/console/groups/sailors" });
  let letPass;
  const held = new Promise((resolve) => {
    letPass = resolve;
  });
  await page.route("**/graphql", async (route) => {
    if (route.request().postDataJSON().operationName === "MuteGroup") await soon("the answer may come", held);
    await route.continue();
  });
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Mute", exact: true }).click();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("too loud");
  await dialog.getByRole("button", { name: "Mute" }).click();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await closed(dialog);
  await page.getByRole("button", { name: "Dismiss" }).click();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("nobody comes");
  letPass();
  await page.getByRole("button", { name: "Unmute" }).waitFor();
  assert.equal(await dialog.getByRole("textbox", { name: "Reason" }).inputValue(), "nobody comes");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await closed(dialog);
  await page.getByRole("button", { name: "Unmute" }).click();
  await page.getByRole("button", { name: "Mute", exact: true }).waitFor();
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("pages about people say so when the server is gone, lose nothing, and go on when it is back", async () => {
  const page = await world.inside({ path: "/console/groups/sailors" });
  await page.getByRole("button", { name: "Acts for user3" }).click();
  await page.getByRole("menuitem", { name: "Remove from the group" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("a long story that nobody wants to write twice");
  await world.crash();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await dialog.getByText("The server cannot be reached.").waitFor();
  assert.match(await dialog.getByRole("textbox", { name: "Reason" }).inputValue(), /long story/);
  await world.mend();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await closed(dialog);
  await page.getByText("4 entries").waitFor();
  await world.close(page);
});

everyPage(
  "pages about people",
  [
    "/users/user1",
    "/client-config",
    "/groups/many",
    "/groups/sailors",
    "/groups/sailors?tab=settings",
    "/groups/sailors?tab=requests",
    "/relations",
    "/relations?user=user1",
    "/relations?user=user1&tab=blacks",
  ],
  () => world,
);
