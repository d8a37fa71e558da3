/**
 * A permanent site of a benchmark: plain pages without scripts that any web server or a repository can hold, with the leaderboards as
 * HTML, CSV and JSON, and everything that says how the numbers came about. It holds what a reader without an account sees.
 */
import type { Benchmark, Leaderboard } from "@segathlon/server/api";
import type { Connection } from "./credentials.ts";
import type { ExportFiles } from "./export-files.ts";

const escaped = (text: unknown): string =>
  String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;display:block;overflow-x:auto}th,td{padding:.3rem .7rem;border-bottom:1px solid #d5dae0;text-align:right;white-space:nowrap}
th:nth-child(-n+3),td:nth-child(-n+3){text-align:left}code{font-size:.9em}a{color:#0b5cad}
@media(prefers-color-scheme:dark){body{background:#14171a;color:#e6e9ec}th,td{border-color:#343a40}a{color:#7db8f0}}`;

function page(title: string, body: string): string {
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style></head><body>\n${body}\n</body></html>\n`;
}

function number(value: number | null, decimals: number | null): string {
  return value === null ? "n/a" : value.toFixed(decimals ?? 4);
}

function boardTable(board: Leaderboard): string {
  if (board.hiddenBecause !== null) return `<p>${escaped(board.hiddenBecause)}</p>`;
  if (board.entries.length === 0) return "<p>No entry.</p>";
  const head = [
    "Rank",
    "Team",
    "Method",
    ...board.columns.map(
      (column) => `${column.task} ${column.region} ${column.metric}${column.unit === "" ? "" : ` (${column.unit})`}`,
    ),
  ];
  const rows = board.entries.map((entry) => {
    const interval = entry.rankInterval === null ? "" : ` [${entry.rankInterval[0]}, ${entry.rankInterval[1]}]`;
    const cells = board.columns.map((column) => {
      const value = entry.values[column.key];
      if (value === undefined) return "<td>n/a</td>";
      const ci =
        value.ci95 === null
          ? ""
          : ` [${number(value.ci95[0], column.decimals)}, ${number(value.ci95[1], column.decimals)}]`;
      return `<td title="n = ${value.n}, failed ${value.failed}">${number(value.mean, column.decimals)}${ci}</td>`;
    });
    return `<tr><td>${entry.rank ?? "n/a"}${interval}</td><td>${escaped(entry.team)}${entry.baseline ? " (baseline)" : ""}</td><td>${escaped(entry.method)}</td>${cells.join("")}</tr>`;
  });
  return `<table><thead><tr>${head.map((cell) => `<th>${escaped(cell)}</th>`).join("")}</tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table>`;
}

function overview(benchmark: Benchmark, boards: readonly Leaderboard[]): string {
  const facts: readonly (readonly [string, string])[] = [
    ["Licence", benchmark.licence ?? "not stated"],
    ["Citation", benchmark.citation ?? "not stated"],
    ["Evaluator", benchmark.evaluatorVersion],
    ["Protocol", benchmark.protocolHash],
    ["Tasks", benchmark.taskList.map((task) => task.id).join(", ")],
  ];
  const phases = boards.map(
    (board) => `<h2 id="${escaped(board.phase)}">${escaped(board.phase)}</h2>
<p>Ranked by <code>${escaped(board.scheme)}</code> over ${board.cases} cases; bootstrap ${board.bootstrap} draws, seed ${board.seed}. Intervals are 95 %. <a href="${escaped(board.phase)}.csv">CSV</a> <a href="${escaped(board.phase)}.json">JSON</a></p>
${boardTable(board)}
<ul>${board.notes.map((note) => `<li>${escaped(note)}</li>`).join("")}</ul>`,
  );
  return page(
    benchmark.title,
    `<h1>${escaped(benchmark.title)}</h1>\n<p>${escaped(benchmark.description ?? "")}</p>\n<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`).join("")}</dl>\n${phases.join("\n")}
<h2>How it was computed</h2><p>The whole protocol is in <a href="benchmark.json">benchmark.json</a>. Corrections of references are in <a href="errata.json">errata.json</a>. SHA256SUMS has the checksums of these files.</p>`,
  );
}

/** The files of the site. */
export async function siteFiles({ client }: Connection, id: string): Promise<ExportFiles> {
  const benchmark = await client.call("getBenchmark", { params: { benchmark: id } });
  const errata = await client.call("listErrata", { params: { benchmark: id } });
  const announcements = await client.call("listAnnouncements", { params: { benchmark: id } });
  const files: Record<string, string> = {};
  const boards: Leaderboard[] = [];
  for (const phase of benchmark.phases) {
    const params = { benchmark: id, phase: phase.id };
    const board = await client.call("getLeaderboard", { params });
    boards.push(board);
    files[`${phase.id}.json`] = JSON.stringify(board, null, 1);
    if (board.hiddenBecause === null)
      files[`${phase.id}.csv`] = await (await client.open("getLeaderboardCsv", { params })).text();
  }
  // The document can name folders of the organiser's machine; the parts that matter are in the other fields.
  files["benchmark.json"] = JSON.stringify({ ...benchmark, document: null }, null, 1);
  files["errata.json"] = JSON.stringify(errata, null, 1);
  files["announcements.json"] = JSON.stringify(announcements, null, 1);
  files["index.html"] = overview(benchmark, boards);
  return files;
}
