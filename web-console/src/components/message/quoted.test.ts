import { expect, test } from "vitest";
import { merged, quoted } from "./quoted";

test("a quoted message is read in every shape that clients keep", () => {
  expect(quoted({ sendID: "u1", senderNickname: "Ann", contentType: 101, textElem: { content: "hi" } })).toEqual({
    sender: "Ann",
    text: "hi",
    picture: null,
    contentType: 101,
  });
  expect(quoted({ sendID: "u1", contentType: 101, content: '{"content":"as text"}' })?.text).toBe("as text");
  expect(quoted({ contentType: 102, pictureElem: { snapshotPicture: { url: "https://x/y" } } })?.picture).toBe(
    "https://x/y",
  );
});

test("what is no message does no harm", () => {
  for (const odd of [null, undefined, "text", 7, [], {}]) expect(quoted(odd)).toBeNull();
  expect(quoted({ content: "{broken", textElem: "none", contentType: "101" })).toEqual({
    sender: "",
    text: "",
    picture: null,
    contentType: 0,
  });
  expect(merged([null, { sendID: "a" }, "x"])).toHaveLength(1);
  expect(merged(null)).toEqual([]);
});
