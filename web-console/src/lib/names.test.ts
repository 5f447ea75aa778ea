import { expect, test } from "vitest";
import { lettersOf } from "./names";

test("initials are letters, whatever a name begins with", () => {
  expect(lettersOf("📣 All hands", "all")).toBe("All hands");
  expect(lettersOf("林伟", "weilin")).toBe("林伟");
  expect(lettersOf("🌻", "nora")).toBe("nora");
  expect(lettersOf(null, "nora")).toBe("nora");
});
