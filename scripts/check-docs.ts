/**
 * The docs check: every relative link in every Markdown file resolves (headings too), every `segathlon` and `npm run` command that
 * a page shows exists with the options it shows, and every block marked ```sh run is executed, block after block, in one empty
 * folder per page.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Verb, verbs } from "../packages/cli/src/verb-table.ts";

const root = path.resolve(import.meta.dirname, "..");
const problems: string[] = [];
const scripts: Record<string, string> = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).scripts;

/** GitHub's anchor of a heading. */
function anchor(heading: string): string {
  return heading
    .replace(/`|\*|\[|\]\([^)]*\)|\]/g, "")
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

function anchorsOf(file: string): Set<string> {
  const text = readFileSync(file, "utf8").replace(/^```[\s\S]*?^```/gm, "");
  return new Set([...text.matchAll(/^#{1,6}\s+(.+)$/gm)].map((match) => anchor(match[1] ?? "")));
}

function checkLinks(file: string, text: string): void {
  const prose = text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
  for (const match of prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)) {
    const target = match[1] ?? "";
    if (/^(https?:|mailto:)/.test(target)) continue;
    const [place = "", fragment] = target.split("#");
    const resolved = place === "" ? file : path.resolve(path.dirname(file), decodeURIComponent(place));
    if (!existsSync(resolved)) problems.push(`${path.relative(root, file)}: link to ${target}: no such file`);
    else if (fragment !== undefined && resolved.endsWith(".md") && !anchorsOf(resolved).has(fragment)) {
      problems.push(`${path.relative(root, file)}: link to ${target}: no such heading`);
    }
  }
}

/** Splits a command line as a shell would for the simple lines that docs hold. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

async function checkCommand(file: string, line: string): Promise<void> {
  const all = words(line.replace(/\s+#.*$/, ""));
  const where = `${path.relative(root, file)}: \`${line.trim()}\``;
  if (all[0] === "npm" && all[1] === "run" && all[2] !== undefined && scripts[all[2]] === undefined)
    problems.push(`${where}: no npm script ${all[2]}`);
  const start = all[0] === "segathlon" ? 1 : all[0] === "npx" && all[1] === "segathlon" ? 2 : -1;
  if (start < 0) return;
  const rest = all.slice(start);
  const name = rest.find((word) => !word.startsWith("-"));
  if (name === undefined) return;
  const verb = verbs[name];
  if (verb === undefined) {
    problems.push(`${where}: no verb ${name}`);
    return;
  }
  let command: Awaited<ReturnType<Verb["load"]>> = await verb.load();
  for (const word of rest.slice(rest.indexOf(name) + 1)) {
    if (/^[|&;<>]/.test(word)) break;
    const child = command.commands.find((entry) => entry.name() === word || entry.aliases().includes(word));
    if (child !== undefined) {
      command = child;
      continue;
    }
    const option = /^(--[a-z][a-z-]*)/.exec(word)?.[1];
    if (option === undefined || option === "--help") continue;
    if (!command.options.some((entry) => entry.long === option || `--no-${entry.name()}` === option))
      problems.push(`${where}: ${command.name()} has no option ${option}`);
  }
}

function runBlocks(file: string, blocks: readonly string[]): void {
  const folder = mkdtempSync(path.join(tmpdir(), "segathlon-docs-"));
  const binaries = path.join(root, "node_modules/.bin");
  try {
    for (const block of blocks) {
      const { status, stdout, stderr } = spawnSync(
        "bash",
        ["-euo", "pipefail", "-c", block.replace(/\bnpx segathlon\b/g, "segathlon")],
        {
          cwd: folder,
          encoding: "utf8",
          timeout: 300_000,
          env: { ...process.env, PATH: `${binaries}:${process.env.PATH ?? ""}`, NO_COLOR: "1" },
        },
      );
      if (status !== 0)
        problems.push(`${path.relative(root, file)}: block ended with ${status}\n${block}\n${stdout}${stderr}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const listed = spawnSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" })
  .stdout.split("\n")
  .filter(Boolean);
let commands = 0;
let executed = 0;
for (const name of listed) {
  const file = path.join(root, name);
  if (!existsSync(file)) continue;
  const text = readFileSync(file, "utf8");
  checkLinks(file, text);
  const runnable: string[] = [];
  for (const match of text.matchAll(/^```(sh|bash|shell|console)?([^\n]*)\n([\s\S]*?)^```/gm)) {
    const [, language, info = "", body = ""] = match;
    if (language === undefined && info.trim() !== "") continue;
    for (const line of body.replace(/\\\n\s*/g, " ").split("\n")) {
      commands += 1;
      await checkCommand(file, line.replace(/^\$ /, ""));
    }
    if (info.trim() === "run") runnable.push(body);
  }
  executed += runnable.length;
  if (runnable.length > 0) runBlocks(file, runnable);
}
for (const problem of problems) console.error(`docs: ${problem}`);
console.log(
  `docs: ${listed.length} pages, ${commands} command lines checked, ${executed} blocks run, ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
