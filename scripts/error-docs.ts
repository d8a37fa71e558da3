/** Writes docs/errors.md from the table of error codes; `error-docs.test.ts` fails when the page is behind the table. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { errorTable } from "@segathlon/errors";

const ranges = [
  ["0", "Volumes and files"],
  ["1", "Evaluation and benchmark documents"],
  ["2", "Datasets"],
  ["3", "Ranking"],
  ["4", "Server"],
  ["5", "Models"],
  ["6", "Phantoms"],
  ["7", "Command line"],
] as const;

const who = { participant: "who submits or runs", organiser: "who organises", infrastructure: "who operates" } as const;

/** The page's text. */
export function errorDocs(): string {
  const rows = Object.entries(errorTable).sort(([a], [b]) => (a < b ? -1 : 1));
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  const sections = ranges.map(([digit, title]) => {
    const own = rows.filter(([code]) => code[3] === digit);
    const lines = own.map(
      ([code, { name, meaning, hint, failure }]) =>
        `| ${code} | \`${name}\` | ${cell(meaning)} | ${cell(hint)} | ${who[failure]} |`,
    );
    return `## ${title}\n\n| code | name | meaning | what to do | who acts |\n|---|---|---|---|---|\n${lines.join("\n")}\n`;
  });
  return `# Error codes\n\nEvery error that a person can meet has a code that stays the same over versions, a message (which case, which rule, expected and found) and a\nhint. This page is made from the table in \`packages/errors\` by \`node scripts/error-docs.ts\`.\n\n${sections.join("\n")}`;
}

if (import.meta.main) writeFileSync(path.resolve(import.meta.dirname, "../docs/errors.md"), errorDocs());
