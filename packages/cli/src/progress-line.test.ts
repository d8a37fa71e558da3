import { expect, test } from "vitest";
import { barText, durationText, progressLine, secondsLeft } from "./progress-line.ts";
import { terminalText, textTable, textWidth } from "./text-table.ts";

/** A stream that keeps what is written to it. */
function stream(isTTY: boolean): { stream: NodeJS.WriteStream; written: string[] } {
  const written: string[] = [];
  const fake = { isTTY, columns: 60, write: (text: string) => written.push(text) > 0 };
  return { stream: fake as unknown as NodeJS.WriteStream, written };
}

test("a bar, what is done, and how long it will take; removed at the end", () => {
  const { stream: terminal, written } = stream(true);
  let time = 0;
  const line = progressLine("evaluating", { stream: terminal, now: () => time });
  line.update({ share: 0, text: "0 of 4" });
  time = 10;
  line.update({ share: 0.1, text: "too soon to draw again" });
  time = 10_000;
  line.update({ share: 0.25, text: "1 of 4, case a" });
  line.end();
  expect(written).toHaveLength(3);
  expect(written[1]).toContain("25 %  1 of 4, case a");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of the terminal
  expect(written[1]?.replace(/\u001b\[[\d;]*[mK]/g, "").trim().length).toBeLessThan(60);
  expect(written[2]).toBe("\r\u001b[2K");
});

test("nothing is written where there is no terminal, or when asked to be quiet", () => {
  const [file, terminal] = [stream(false), stream(true)];
  for (const line of [
    progressLine("x", { stream: file.stream }),
    progressLine("x", { stream: terminal.stream, mode: "quiet" }),
  ]) {
    line.update({ share: 1, text: "done" });
    line.end();
  }
  expect([file.written, terminal.written]).toEqual([[], []]);
});

test("times, shares, bars", () => {
  expect([durationText(8.4), durationText(200), durationText(7500)]).toEqual(["8 s", "3 min 20 s", "2 h 5 min"]);
  expect([secondsLeft(0.25, 10), secondsLeft(0, 10), secondsLeft(0.5, 0.1)]).toEqual([30, null, null]);
  expect([barText(0, 4), barText(0.5, 4), barText(1, 4), barText(7, 4)]).toEqual(["░░░░", "██░░", "████", "████"]);
});

test("columns line up; names cannot command the terminal", () => {
  const columns = [
    { title: "name", align: "left" },
    { title: "n", align: "right" },
  ] as const;
  expect(
    textTable(columns, [
      ["a", "1"],
      ["日本", "22"],
    ]),
  ).toEqual(["name   n", "a      1", "日本  22"]);
  expect(terminalText("a\u001b[31mb\u202e")).toBe("a\\u{1b}[31mb\\u{202e}");
  expect(textWidth("e\u0301")).toBe(1);
});
