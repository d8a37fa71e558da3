/** `segathlon status`: where a submission is. */
import { SegathlonError } from "@segathlon/errors";
import type { EvaluationView, Submission } from "@segathlon/server/api";
import { Command } from "commander";
import { wholeNumber } from "../option-values.ts";
import { progressLine } from "../progress-line.ts";
import { type Connection, connect } from "./credentials.ts";

interface Options {
  readonly watch?: true;
  readonly server?: string;
  readonly json?: true;
  readonly quiet?: true;
}

const endedStates: readonly string[] = ["scored", "refused", "failed", "cancelled"];
const pauseMilliseconds = 1000;

/** Four decimals to read; every digit is in the JSON. A phase that shows fewer decimals is not padded. */
const figure = (value: number | null): string => (value === null ? "n/a" : String(Number(value.toFixed(4))));

function scoreLines(view: EvaluationView): string[] {
  return Object.entries(view.tasks).flatMap(([task, { aggregate, cases, missing, invalid }]) => [
    `${task}: ${cases} cases${missing > 0 ? `, ${missing} missing` : ""}${invalid > 0 ? `, ${invalid} invalid` : ""}`,
    ...Object.entries(aggregate).map(
      ([region, metrics]) =>
        `  ${region}: ${Object.entries(metrics)
          .map(
            ([metric, value]) =>
              `${metric} ${figure(value.mean)}${value.ci95 === null ? "" : ` [${figure(value.ci95[0])}, ${figure(value.ci95[1])}]`}`,
          )
          .join("  ")}`,
    ),
  ]);
}

async function report(
  connection: Connection,
  submission: Submission,
  options: { readonly json?: true },
): Promise<void> {
  const view = submission.evaluationVisible
    ? await connection.client.call("getEvaluation", { params: { submission: submission.id } })
    : null;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ submission, evaluation: view })}\n`);
    return;
  }
  process.stdout.write(
    `submission ${submission.id} (${submission.benchmark}/${submission.phase}, ${submission.method.name}): ${submission.stateText}\n`,
  );
  for (const finding of submission.findings)
    process.stdout.write(
      `  ${finding.code} ${finding.message}\n${endedStates.includes(submission.state) && submission.state !== "scored" ? `    what to do: ${finding.hint}\n` : ""}`,
    );
  if (view !== null) process.stdout.write(`${scoreLines(view).join("\n")}\n`);
}

/** Follows a submission to its end and reports it. Exit code 0 when it is scored, else 1. */
export async function watchSubmission(
  connection: Connection,
  id: number,
  options: { readonly json?: true; readonly quiet?: true },
): Promise<void> {
  const line = progressLine(`submission ${id}`, options.quiet ? { mode: "quiet" } : {});
  let told = "";
  try {
    for (;;) {
      const submission = await connection.client.call("getSubmission", { params: { submission: id } });
      if (endedStates.includes(submission.state)) {
        line.end();
        await report(connection, submission, options);
        process.exitCode = submission.state === "scored" ? 0 : 1;
        return;
      }
      const { done, total } = submission.progress;
      line.update({ share: total === 0 ? 0 : done / total, text: submission.stateText });
      // Without a terminal, one line for each change.
      if (!process.stderr.isTTY && !options.quiet && submission.stateText !== told)
        process.stderr.write(`${submission.stateText}\n`);
      told = submission.stateText;
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
    }
  } finally {
    line.end();
  }
}

async function status(id: string | undefined, options: Options): Promise<void> {
  const connection = connect(options.server);
  if (id !== undefined) {
    const number = wholeNumber("submission", id, 1);
    if (options.watch) return watchSubmission(connection, number, options);
    await report(
      connection,
      await connection.client.call("getSubmission", { params: { submission: number } }),
      options,
    );
    return;
  }
  const { memberships } = await connection.client.call("getSession", {});
  if (memberships.length === 0)
    throw new SegathlonError("SEG408", "the account is in no team", {
      hint: "Register a team on the benchmark's page.",
    });
  for (const { benchmark } of memberships) {
    const { submissions } = await connection.client.call("listSubmissions", {
      params: { benchmark },
      query: { limit: 20 },
    });
    if (options.json) process.stdout.write(`${JSON.stringify({ benchmark, submissions })}\n`);
    else
      for (const entry of submissions)
        process.stdout.write(
          `${entry.id}  ${entry.benchmark}/${entry.phase}  ${entry.method.name}  ${entry.stateText}\n`,
        );
  }
}

export function statusCommand(): Command {
  return new Command("status")
    .description(
      "where a submission is: position, time left, case k of n, and its scores; without a number, the latest ones",
    )
    .argument("[submission]", "number of the submission")
    .option("--watch", "follow it to its end")
    .option("--server <address>", "server (default: the one of the last login)")
    .option("--json", "as JSON")
    .option("--quiet", "no progress")
    .addHelpText("after", "\nExample:\n  segathlon status 42 --watch")
    .action(status);
}
