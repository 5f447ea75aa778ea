import { expect, test } from "vitest";
import { readIds } from "./ids";

test("ids are read whatever stands between them, each once", () => {
  expect(readIds(" user1\nuser2, user3;user1\t用户4，user5 ")).toEqual(["user1", "user2", "user3", "用户4", "user5"]);
  expect(readIds(" \n ")).toEqual([]);
});
