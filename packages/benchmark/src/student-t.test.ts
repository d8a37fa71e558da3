import { expect, test } from "vitest";
import { studentTQuantile975 } from "./student-t.ts";

// R: qt(0.975, df)
test.each([
  [1, 12.706204736174698],
  [2, 4.302652729749464],
  [5, 2.570581835636314],
  [10, 2.228138851986273],
  [30, 2.042272456301238],
  [100, 1.983971518523552],
  [1000, 1.962339080579388],
])("%i degrees of freedom", (df, expected) => {
  expect(studentTQuantile975(df)).toBeCloseTo(expected, 9);
});

test("no degrees of freedom is a programmer's error", () => {
  expect(() => studentTQuantile975(0)).toThrow(RangeError);
});
