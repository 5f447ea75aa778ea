// Takes the pictures of the README: pages of a server that `openim seed` filled, as small WebP files in docs/images.
// CONSOLE_TESTS_BINARY and CONSOLE_TESTS_CHROMIUM name server and browser, as for the tests.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { World } from "../tests/world.mjs";

const folder = new URL("../../docs/images/", import.meta.url);
/** The most bytes of a picture. */
const MOST = 150_000;

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

const world = await World.start();
try {
  const environment = { ...process.env, OPENIM__AUTH__SECRET: world.secret };
  await promisify(execFile)(process.env.CONSOLE_TESTS_BINARY, ["seed", "--url", world.address, "--messages", "1500"], {
    env: environment,
  });
  await mkdir(folder, { recursive: true });
  const plain = await world.open();
  const take = async (name, options, prepare) => {
    const page = await world.inside({ width: 1280, ...options });
    await prepare?.(page);
    await page.waitForLoadState("networkidle");
    await page.waitForTimeout(800);
    const webp = await shrink(plain, await page.screenshot());
    await writeFile(new URL(`console-${name}.webp`, folder), webp);
    process.stdout.write(`console-${name}.webp ${webp.length} bytes\n`);
    await world.close(page);
  };
  const asked = (query, variables) => world.adminToken().then((token) => world.ask(query, variables, token));
  const { admin } = await asked("{ admin { users(first: 3) { edges { node { id } } } } }");
  const someone = admin.users.edges.at(-1).node.id;

  await take("overview", { path: "/console/" });
  await take("users", { path: "/console/users", scheme: "dark" });
  await take("conversations", { path: `/console/conversations?user=${someone}` });
  await take("rest", { path: "/console/rest/route/friend/get_friend_list" }, async (page) => {
    await page
      .locator("textarea")
      .fill(JSON.stringify({ userID: someone, pagination: { pageNumber: 1, showNumber: 2 } }));
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
  await world.close(plain);
} finally {
  await world.stop();
}
