/** `npx -p node@22 npm test` would still run the pinned Node, because the project's own comes first in PATH: say which one runs. */
import { expect, test } from "vitest";

test("the tests run on the Node that was asked for", () => {
  const expected = process.env.SEGATHLON_EXPECT_NODE;
  const major = process.versions.node.split(".")[0];
  if (expected === undefined) expect(Number(major)).toBeGreaterThanOrEqual(22);
  else expect(major).toBe(expected);
});
