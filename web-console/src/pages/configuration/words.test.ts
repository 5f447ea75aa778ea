import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { inWords } from "./words";

const read = (path: string) => readFile(new URL(`../../../../${path}`, import.meta.url), "utf8");
const told = (text: string) => inWords(text, (word, values) => `<${[word, ...Object.values(values)].join(" ")}>`);

test("whatever the reference says a setting may be is known", async () => {
  const rows = (await read("docs/configuration.md")).split("\n").filter((line) => line.startsWith("| `"));
  const allowed = rows.map((row) => row.split(/(?<!\\)\|/)[3]?.trim() ?? "");
  expect(allowed.length).toBeGreaterThan(100);
  expect(allowed.filter((text) => told(text) === text)).toEqual([]);
});

test("every reason why a setting is locked is known", async () => {
  const source = await read("kernel/platform/src/config/stored.rs");
  const reasons = [...source.matchAll(/const [A-Z_]+: &str = "(.+)";/g)].map((match) => match[1] ?? "");
  expect(reasons.length).toBeGreaterThan(4);
  expect(reasons.filter((text) => told(text) === text)).toEqual([]);
});

test("where a value comes from is known, and what is not known is told as it is", () => {
  expect(told("flag --listen")).toBe("<flag --listen>");
  expect(told("/etc/openim.toml line 7")).toBe("<fileLine /etc/openim.toml 7>");
  expect(told("environment variable OPENIM__X sets it, and wins over stored settings")).toBe(
    "<outranked <variable OPENIM__X>>",
  );
  expect(told("the content of /run/secret (named by ./openim.toml line 3)")).toBe(
    "<content /run/secret <fileLine ./openim.toml 3>>",
  );
  expect(told("by magic")).toBe("by magic");
});
