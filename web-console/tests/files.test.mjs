// Files that the page sends to a service with the S3 API: directly, in parts, as far as the service lets pages of ours do that.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PATIENCE, soon } from "../../tests/sdk/lib/wait.mjs";
import { S3 } from "./s3.mjs";
import { World } from "./world.mjs";

const PART = 5 << 20;

let s3;
let world;
before(async () => {
  s3 = await S3.start();
  world = await World.start(s3.settings);
});
after(async () => {
  await world?.stop();
  await s3?.stop();
});

/** Bytes that are the same in no two places of a part, and in no two files. */
function bytes(length, seed) {
  return Buffer.from(Uint32Array.from({ length: Math.ceil(length / 4) }, (_, place) => place * seed).buffer, 0, length);
}

/** Opens the dialog with one file chosen; what is sent where is kept in `page.sent`. */
async function choose(file) {
  const page = await world.inside({ path: "/console/files" });
  page.sent = [];
  page.on("request", (request) => {
    if (request.method() === "PUT" || request.method() === "POST") page.sent.push(new URL(request.url()));
  });
  await page.getByRole("button", { name: "Upload" }).click();
  const dialog = page.getByRole("dialog");
  await page.locator('input[type="file"]').setInputFiles([file]);
  await dialog.getByRole("textbox", { name: "Folder" }).fill("imAdmin/films");
  // What the page says of the file, each time that it says something else.
  await dialog.getByText(`imAdmin/films/${file.name}`).waitFor();
  await page.evaluate(() => {
    window.told = [];
    const status = document.querySelector('[role="dialog"] [role="status"]');
    const look = () => window.told.push(status.textContent);
    new MutationObserver(look).observe(status, { characterData: true, childList: true, subtree: true });
  });
  return { page, dialog, send: () => dialog.getByRole("button", { name: "Upload" }).click() };
}

/** Waits until a file is stored: many bytes, for a slow machine. */
async function stored(dialog) {
  await dialog.getByText("Stored").waitFor({ timeout: 3 * PATIENCE });
}

/** The numbers of the parts that went to the store. */
function parts(page) {
  const stored = page.sent.filter((url) => url.origin === s3.address);
  return stored.map((url) => Number(url.searchParams.get("partNumber"))).sort((one, other) => one - other);
}

test("a store whose rules do not name the page is told, and takes the file once they do", async () => {
  const content = bytes(3 * PART + 12_345, 7);
  const { page, dialog, send } = await choose({ name: "film.mp4", mimeType: "video/mp4", buffer: content });
  await send();
  const refused = dialog.getByRole("alert");
  await refused.getByText(`${s3.address} does not answer this page`).waitFor();
  await refused.getByText(`CORS rules do not name ${world.address}`).waitFor();
  assert.deepEqual(await world.violations(page), []);
  assert.deepEqual(await s3.objects().catch(() => []), []);
  await s3.allow(world.address);
  page.complaints = [];
  page.sent = [];
  await send();
  await stored(dialog);

  // Every part went to the store by itself, and nothing of the file to the server.
  assert.deepEqual(parts(page), [1, 2, 3, 4]);
  const signed = page.sent.filter((url) => url.origin === s3.address);
  assert.ok(signed.every((url) => url.searchParams.get("X-Amz-Signature")?.length === 64));
  const asked = page.sent.filter((url) => url.origin !== s3.address).map((url) => url.href);
  assert.ok(
    asked.every((url) => url === `${world.address}/graphql`),
    asked.join(" "),
  );
  const objects = await s3.objects();
  assert.equal(objects.length, 1);
  assert.ok(objects[0].equals(content));
  await world.shot(page, "upload-s3");

  // It is read there, too.
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  const link = await page.getByRole("link", { name: "imAdmin/films/film.mp4" }).getAttribute("href");
  const led = await fetch(new URL(link, world.address), { redirect: "manual" });
  assert.equal(led.status, 302);
  assert.ok(led.headers.get("location").startsWith(`${s3.address}/bucket/data/`));
  const read = await fetch(new URL(link, world.address));
  assert.equal(read.headers.get("content-type"), "video/mp4");
  assert.ok(Buffer.from(await read.arrayBuffer()).equals(content));
  assert.deepEqual(page.complaints, []);
  await world.close(page);
});

test("the page tells how far it is, and what was interrupted goes on where it was", async () => {
  await s3.allow(world.address);
  const content = bytes(4 * PART, 11);
  const { page, dialog, send } = await choose({ name: "long.bin", mimeType: "", buffer: content });
  const last = (url) => url.origin === s3.address && url.searchParams.get("partNumber") === "4";
  // What fails ends what is under way: the last part fails when the others have arrived.
  const others = new Set();
  let arrived;
  const before = new Promise((resolve) => {
    arrived = resolve;
  });
  page.on("response", (response) => {
    const url = new URL(response.url());
    const sent = url.origin === s3.address && response.request().method() === "PUT" && !last(url);
    if (sent && others.add(url.searchParams.get("partNumber")).size === 3) arrived();
  });
  await page.route(last, async (route) => {
    await soon("the other parts arrive", before);
    await route.abort();
  });
  await send();
  await dialog.getByRole("alert").waitFor();
  await page.unroute(last);
  page.sent = [];
  await send();
  await stored(dialog);
  assert.deepEqual(parts(page), [4]);
  const told = await page.evaluate(() => window.told);
  const shares = (kind) => told.filter((text) => kind.test(text)).map((text) => Number(/\d+/.exec(text)?.[0]));
  assert.ok(
    shares(/^Reading: \d+ %$/).some((share) => share > 0 && share < 100),
    told.join(", "),
  );
  assert.ok(
    shares(/^\d+ %$/).some((share) => share > 0 && share < 100),
    told.join(", "),
  );
  const objects = await s3.objects();
  assert.ok(objects.some((object) => object.equals(content)));
  await world.close(page);
});

test("content that was stored before is not sent again", async () => {
  await s3.allow(world.address);
  const content = bytes(1000, 13);
  for (const name of ["one.bin", "two.bin"]) {
    const { page, dialog, send } = await choose({ name, mimeType: "", buffer: content });
    await send();
    await stored(dialog);
    assert.equal(page.sent.filter((url) => url.origin === s3.address).length, name === "one.bin" ? 1 : 0);
    assert.deepEqual(page.complaints, []);
    await world.close(page);
  }
});
