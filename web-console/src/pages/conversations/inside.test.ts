import { expect, test } from "vitest";
import { groupOf, pairsOf, peopleOf } from "./inside";

test("the id of a conversation names a group, or two people", () => {
  expect(groupOf("sg_book_club")).toBe("book_club");
  expect(groupOf("si_a_b")).toBeNull();
  expect(pairsOf("si_amara_weilin")).toEqual([["amara", "weilin"]]);
  expect(pairsOf("si_a_b_c")).toEqual([
    ["a", "b_c"],
    ["a_b", "c"],
  ]);
  for (const id of ["sg_bookclub", "si_a", "si__a", "", "xx_a_b", `si_${"a".repeat(65)}_b`])
    expect(pairsOf(id)).toEqual([]);
});

test("of all pairs the one whose people exist is meant", () => {
  const all = ["a", "b_c", "a_b"].map((id) => ({ id }));
  expect(peopleOf("si_a_b_c", all)).toEqual([{ id: "a" }, { id: "b_c" }]);
  expect(peopleOf("si_a_b_c", [{ id: "a_b" }])).toEqual([{ id: "a_b" }]);
  expect(peopleOf("n_a_a", all)).toEqual([{ id: "a" }]);
  expect(peopleOf("sg_a", all)).toEqual([]);
});
