import { expect, test } from "vitest";
import { nameIn } from "./sending";

test("a file stays in its folder, whatever it is called", () => {
  expect(nameIn("ann", "a b.txt")).toBe("ann/a b.txt");
  expect(nameIn("/ann//x/", "1.png")).toBe("ann/x/1.png");
  expect(nameIn("../..", "../../etc/passwd")).toBe(".._.._etc_passwd");
  expect(nameIn("", "1.png")).toBe("1.png");
});
