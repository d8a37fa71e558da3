/** The worked example of docs/ranking.md and the example of the README are computed here, so that they stay true. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { prepareScoreTable, rankTable, type ScoreRow, schemePreset, schemePresets } from "./index.ts";

const page = readFileSync(new URL("../../../docs/ranking.md", import.meta.url), "utf8");

/** Cells of the table whose first head is `head`. */
function tableAfter(head: string): string[][] {
  const lines = page.slice(page.indexOf(`| ${head} |`)).split("\n");
  const end = lines.findIndex((line) => !line.startsWith("|"));
  return lines.slice(0, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test("every scheme's row of the worked example", () => {
  const [head = [], , ...data] = tableAfter("algorithm | case");
  const metrics = head.slice(4);
  const worst: Record<string, number> = { dice: 0, nsd: 0 };
  const rows = data.flatMap(([algorithm = "", name = "", , , ...values]) =>
    values.map(
      (value, k): ScoreRow => ({
        task: "lesions",
        case: name,
        algorithm,
        region: "tumor",
        metric: metrics[k]!,
        value: Number(value),
        status: "ok",
      }),
    ),
  );
  const attributes = Object.fromEntries(
    data.map(([, name = "", centre = "", tracer = ""]) => [name, { centre, tracer }]),
  );
  const table = prepareScoreTable({
    metrics: metrics.map((key) => ({
      key,
      direction: key in worst ? "higher-is-better" : "lower-is-better",
      worst: worst[key] ?? 1e6,
    })),
    rows,
    attributes: { lesions: attributes },
  });
  const [, , ...results] = tableAfter("scheme | metrics used here");
  expect(results.map(([id]) => id?.replaceAll("`", ""))).toEqual(schemePresets.map(({ id }) => id));
  for (const [id = "", used = "", label, ...wanted] of results) {
    const scheme = schemePreset(id.replaceAll("`", ""))!;
    const selection = scheme.metrics === "all" ? { metrics: used.split(", ") } : {};
    const { overall } = rankTable(table, scheme, { selection });
    expect(overall.score_label).toBe(label);
    const shown = ["A", "B", "C"].map((name) => {
      const entry = overall.ranking.find(({ algorithm }) => algorithm === name);
      return `${entry?.display} (${Number(entry?.score?.toFixed(4))})`;
    });
    expect(shown, id).toEqual(wanted);
  }
});

test("the scheme document of the page is one", async () => {
  const { parseScheme } = await import("./index.ts");
  const json = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  expect(parseScheme(JSON.parse(json))).toMatchObject({ status: "ok" });
});
