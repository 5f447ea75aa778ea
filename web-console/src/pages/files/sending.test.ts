import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { hashesOf, nameIn } from "./sending";

test("a file stays in its folder, whatever it is called", () => {
  expect(nameIn("ann", "a b.txt")).toBe("ann/a b.txt");
  expect(nameIn("/ann//x/", "1.png")).toBe("ann/x/1.png");
  expect(nameIn("../..", "../../etc/passwd")).toBe(".._.._etc_passwd");
  expect(nameIn("", "1.png")).toBe("1.png");
});

test("parts are hashed as they are sent", async () => {
  const bytes = Uint8Array.from({ length: (5 << 20) + 7 }, (_, place) => place % 251);
  const parts = [bytes.subarray(0, 3 << 20), bytes.subarray(3 << 20)];
  const shares: number[] = [];
  const hashes = await hashesOf(
    new Blob([bytes]),
    3 << 20,
    (share) => shares.push(share),
    new AbortController().signal,
  );
  expect(hashes).toEqual(parts.map((part) => createHash("md5").update(part).digest("hex")));
  expect(shares).toEqual([...shares].sort((one, other) => one - other));
  expect(shares.length).toBe(6);
});

test("reading ends when it is stopped", async () => {
  const stop = new AbortController();
  const hashes = hashesOf(new Blob(["ab"]), 1, () => stop.abort(new Error("enough")), stop.signal);
  await expect(hashes).rejects.toThrow("enough");
});
