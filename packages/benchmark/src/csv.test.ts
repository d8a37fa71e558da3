import fc from "fast-check";
import { expect, test } from "vitest";
import { attributesForCases, readCaseAttributes } from "./case-attributes.ts";
import { readCsv, writeCsv } from "./csv.ts";
import { distributionGroups } from "./distribution-groups.ts";

test("what is written is read back", () => {
  const cell = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/^[=+\-@\t\r']|\r/.test(text));
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 6 }), (rows) => {
      const header = ["a", "b"];
      expect(readCsv(writeCsv([header, ...rows])).map((row) => row.cells)).toEqual([header, ...rows]);
    }),
  );
});

test("formulas are written as text, numbers with all digits", () => {
  expect(writeCsv([["=cmd|' /C calc'!A0", 0.1 + 0.2, null, "-case"]])).toBe(
    "'=cmd|' /C calc'!A0,0.30000000000000004,,'-case\n",
  );
});

test("open quotes are refused with their line", () => {
  expect(() => readCsv('case,a\nx,"1\n', "c.csv")).toThrow(/c\.csv, line 3: a quotation mark is never closed/);
  expect(() => readCsv('case,a\nx,1"2\n', "c.csv")).toThrow(/line 2/);
});

test("attributes: numbers, text, empty cells, Excel's semicolons and byte-order mark", () => {
  expect(readCaseAttributes("\uFEFFcase;centre;age;id\r\nliver_0;A;61.5;007\r\nliver_1;;44;\r\n")).toEqual(
    new Map([
      ["liver_0", { centre: "A", age: 61.5, id: "007" }],
      ["liver_1", { age: 44 }],
    ]),
  );
});

test.each([
  ["name,age\na,1\n", /expected a column "case", found "name", "age"/],
  ["case,age\na,1\na,2\n", /line 3: case a comes twice/],
  ["case,age\na,1,2\n", /line 2: expected 2 cells, found 3/],
  ["case,age,age\na,1,2\n", /the column "age" comes twice/],
  ["", /found nothing/],
])("refused: %j", (text, message) => {
  expect(() => readCaseAttributes(text, "c.csv")).toThrow(message);
});

test("rows without a case and cases without a row are said", () => {
  const { byCase, notes } = attributesForCases(["a-1", "b"], readCaseAttributes("case,x\na_1,1\nz,2\n"));
  expect(byCase).toEqual(new Map([["a-1", { x: 1 }]]));
  expect(notes).toEqual(["1 of 2 rows of case attributes belong to no case", "1 of 2 cases have no attributes"]);
});

test("in and out of distribution by what the training cases have", () => {
  const attributes = readCaseAttributes("case,Site,Scanner\na,center,X\nb,center,X\nc,people,X\nd,center,\n");
  expect(distributionGroups(attributes, new Set(["a"]), ["Site", "Scanner"])).toEqual(
    new Map([
      ["b", "in-distribution"],
      ["c", "out-of-distribution"],
      ["d", "unknown"],
    ]),
  );
});
