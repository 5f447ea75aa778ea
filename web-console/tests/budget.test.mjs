// What the console may weigh on the wire, as the browser gets it (gzip): the first page and each further one.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const packed = async (name) => gzipSync(await readFile(new URL(name, dist))).length;

test("the entry is at most 260 KB", async () => {
  const page = await readFile(new URL("index.html", dist), "utf8");
  const names = [...page.matchAll(/\/console\/(assets\/[^"]+\.(?:js|css))/g)].map((match) => match[1]);
  assert.ok(names.length > 2);
  const sizes = await Promise.all(names.map(packed));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total <= 260 * 1024, `${Math.round(total / 1024)} KB`);
});

test("each page is at most 120 KB, the explorer excepted", async () => {
  const pages = (await readdir(new URL("assets/", dist))).filter(
    (name) => /Page-[^.]+\.js$/.test(name) && !name.startsWith("Explorer"),
  );
  assert.ok(pages.length >= 4);
  for (const name of pages) assert.ok((await packed(`assets/${name}`)) <= 120 * 1024, name);
});
