// Takes the pictures of the README: pages of a server that `openim seed` filled, as small WebP files in docs/images.
// CONSOLE_TESTS_BINARY and CONSOLE_TESTS_CHROMIUM name server and browser, as for the tests.
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { World } from "../tests/world.mjs";

const folder = new URL("../../docs/images/", import.meta.url);
/** The most bytes of a picture. */
const MOST = 150_000;
/** Who is online, and on what. */
const ONLINE = [
  ["amara", "IOS"],
  ["weilin", "WEB"],
  ["yuki", "MACOS"],
  ["jonas", "LINUX"],
  ["priya", "ANDROID"],
  ["dmitri", "WINDOWS"],
];
/** For how long they talk before the first picture, in milliseconds. */
const TALK = 75_000;
const SAY =
  "mutation($to: ID!, $key: ID!, $text: String!) { sendMessage(input: { recipient: { userId: $to }, clientMessageId: $key, content: { text: { text: $text } } }) { message { seq } } }";

/** Turns a picture into WebP, in the browser: as good as its size allows. */
async function shrink(page, png) {
  for (const quality of [0.9, 0.8, 0.7, 0.55]) {
    const text = await page.evaluate(
      async ([png, quality]) => {
        const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
        canvas.getContext("2d").drawImage(bitmap, 0, 0);
        return canvas.toDataURL("image/webp", quality).split(",")[1];
      },
      [png.toString("base64"), quality],
    );
    const webp = Buffer.from(text, "base64");
    if (webp.length <= MOST) return webp;
  }
  throw new Error("the picture does not get small enough");
}

/** The application's own server, which has a bad day: some calls fail. */
let heard = 0;
const receiver = createServer((_, response) => {
  heard += 1;
  response.writeHead(heard % 3 ? 200 : 503, { "content-type": "application/json" });
  response.end(heard % 3 ? '{"actionCode":0,"errCode":0}' : "the database of the shop is down");
});
await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
const world = await World.start({
  WEBHOOKS__URL: `http://127.0.0.1:${receiver.address().port}/hooks`,
  WEBHOOKS__ENABLED: "afterCreateGroup,afterJoinGroup,afterUpdateUserInfo",
  WEBHOOKS__ALLOW_PRIVATE_TARGETS: "true",
  WEBHOOKS__MAX_ATTEMPTS: "1",
});
try {
  await world.seed("--messages", "1500");
  await mkdir(folder, { recursive: true });
  const plain = await world.open();
  const take = async (name, options, prepare) => {
    const page = await world.inside({ width: 1280, ...options });
    await prepare?.(page);
    await page.mouse.move(0, 0);
    await page.waitForLoadState("networkidle");
    await page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
    await page.waitForTimeout(800);
    const webp = await shrink(plain, await page.screenshot());
    await writeFile(new URL(`console-${name}.webp`, folder), webp);
    process.stdout.write(`console-${name}.webp ${webp.length} bytes\n`);
    await world.close(page);
  };

  // Some are online, and talk.
  const people = [];
  for (const [id, platform] of ONLINE) {
    const page = await world.open({ path: "/console/chat" });
    await page.getByText("With a token").click();
    await world.signIn(page, await world.userToken(id, platform));
    await page.getByText("Live", { exact: true }).waitFor();
    people.push({ id, token: await world.userToken(id, "WEB") });
  }
  let said = 0;
  const talk = async (until) => {
    while (Date.now() < until) {
      const { id, token } = people[said % people.length];
      const to = people[(said * 3 + 1) % people.length].id;
      const text = `On my way, ${said++ % 7} minutes`;
      if (to !== id) await world.ask(SAY, { to, key: `picture${said}`, text }, token);
      // More and less, as people do.
      await new Promise((resolve) => setTimeout(resolve, 30 + 120 * (1 + Math.sin(Date.now() / 7000))));
    }
  };

  await take("overview", { path: "/console/" }, () => talk(Date.now() + TALK));
  await take("users", { path: "/console/users", scheme: "dark" });
  await take("rest", { path: "/console/rest/route/friend/get_friend_list" }, async (page) => {
    await page
      .getByRole("textbox", { name: "Body (JSON)" })
      .fill(JSON.stringify({ userID: people[0].id, pagination: { pageNumber: 1, showNumber: 2 } }));
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("errCode 0").waitFor();
  });
  await take("explorer", { path: "/console/explorer?example=conversations/inbox", scheme: "dark" }, async (page) => {
    await page.locator(".graphiql-query-editor .view-line").first().waitFor();
    await page.getByRole("button", { name: "Query plan" }).click();
    await page.getByRole("button", { name: "Run and measure" }).click();
    await page
      .getByText(/[\d.]+ ms/)
      .first()
      .waitFor();
  });
  await take("configuration", { path: "/console/configuration?section=limits" }, async (page) => {
    await page.getByRole("textbox", { name: "limits.user_per_minute" }).fill("20000");
    await page.getByText("1 change").waitFor();
  });
  await world.close(plain);
} finally {
  await world.stop();
  receiver.close();
}
