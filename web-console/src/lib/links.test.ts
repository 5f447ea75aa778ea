import { expect, test } from "vitest";
import { safeUrl } from "./links";

test("only addresses of the web and paths of this server are followed", () => {
  expect(safeUrl("https://files.example/a.png")).toBe("https://files.example/a.png");
  expect(safeUrl("/object/user1/a.png")).toBe("/object/user1/a.png");
  for (const evil of ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "a.png", "", null, undefined])
    expect(safeUrl(evil)).toBeNull();
});
