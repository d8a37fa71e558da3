import fc from "fast-check";
import { JSDOM } from "jsdom";
import { expect, test } from "vitest";
import { csvText, html, reportShell, scriptJson, tableHtml } from "./index.ts";

const hostile = [
  "</script><script>alert(1)</script>",
  '" onmouseover="alert(1)',
  "<img src=x onerror=alert(1)>",
  "a & b",
  "肝臓",
];

test("inserted text never becomes markup", () => {
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...hostile), fc.string()), (text) => {
      const body = new JSDOM(html`<p title="${text}">${text}</p>`.html).window.document.body;
      expect(body.children).toHaveLength(1);
      const paragraph = body.children[0];
      // The parser normalises carriage returns and drops NUL; everything else must come back.
      const expected = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").replaceAll("\0", "");
      expect(paragraph?.attributes).toHaveLength(1);
      expect(paragraph?.textContent?.replaceAll("\uFFFD", "")).toBe(expected.replaceAll("\uFFFD", ""));
    }),
  );
});

test("a report with hostile names holds no script of theirs and gives its data back", () => {
  const report = reportShell({
    title: hostile[0] ?? "",
    facts: [[hostile[1] ?? "", hostile[2] ?? ""]],
    sections: [
      {
        id: "cases",
        title: hostile[2] ?? "",
        body: tableHtml({
          id: "t",
          caption: hostile[0] ?? "",
          whenEmpty: "none",
          rows: hostile,
          columns: [{ key: "case", label: hostile[1] ?? "", align: "start", value: (row) => row }],
        }),
      },
    ],
    data: { hostile },
  });
  const { document } = new JSDOM(report).window;
  const scripts = [...document.querySelectorAll("script")].filter((script) => script.type !== "application/json");
  expect(scripts).toHaveLength(1);
  expect(document.querySelectorAll("img")).toHaveLength(0);
  expect(JSON.parse(document.querySelector("#report-data")?.textContent ?? "")).toEqual({ hostile });
  expect([...document.querySelectorAll("tbody th")].map((cell) => cell.textContent)).toEqual(hostile);
  expect(report).not.toMatch(/(?:src|href)="(?!#)/);
});

test("sections with one id, and numbers that JSON does not know, are refused", () => {
  const section = { id: "a", title: "A", body: html`` };
  expect(() => reportShell({ title: "t", sections: [section, section] })).toThrow(RangeError);
  expect(() => reportShell({ title: "t", sections: [], data: [Number.NaN] })).toThrow(RangeError);
  expect(() => scriptJson(Number.POSITIVE_INFINITY)).toThrow(RangeError);
});

test("CSV quotes what must be quoted, keeps numbers exact and formulas inert", () => {
  const text = csvText({
    columns: ["case", "value"],
    rows: [
      ["a,b", 0.1 + 0.2],
      ['say "x"', null],
      ["=1+1", -3],
    ],
  });
  expect(text).toBe(`case,value\r\n"a,b",0.30000000000000004\r\n"say ""x""",\r\n'=1+1,-3\r\n`);
  expect(() => csvText({ columns: ["a"], rows: [[Number.NaN]] })).toThrow(RangeError);
});
