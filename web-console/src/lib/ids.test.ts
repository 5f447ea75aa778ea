import { expect, test } from "vitest";
import { canBeId, meant, readIds } from "./ids";

test("ids are read whatever stands between them, each once", () => {
  expect(readIds(" user1\nuser2, user3;user1\t用户4，user5 ")).toEqual(["user1", "user2", "user3", "用户4", "user5"]);
  expect(readIds(" \n ")).toEqual([]);
});

test("an id has letters and digits of any script", () => {
  for (const id of ["amara", "user_1", "林伟", "a".repeat(64)]) expect(canBeId(id)).toBe(true);
  for (const text of ["", "Amara Okafor", "a-b", "a".repeat(65), "林".repeat(22)]) expect(canBeId(text)).toBe(false);
});

test("whoever is meant is chosen only when that is clear", () => {
  const found = [{ id: "user1" }, { id: "user10" }];
  expect(meant("user1", found)).toBe("user1");
  expect(meant("user", found)).toBeNull();
  expect(meant("Amara Okafor", [{ id: "amara" }])).toBe("amara");
  expect(meant("ghost", [])).toBe("ghost");
  expect(meant("no such name", [])).toBeNull();
});
