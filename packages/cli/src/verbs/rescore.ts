/** `segathlon rescore`: score a phase again after a correction; shows which ranks would change. */
import { SegathlonError } from "@segathlon/errors";
import { Command } from "commander";
import { progressLine } from "../progress-line.ts";
import { connect } from "./credentials.ts";

interface Options {
  readonly phase: string;
  readonly reason?: string;
  readonly dryRun?: true;
  readonly server?: string;
  readonly json?: true;
  readonly quiet?: true;
}

async function rescore(benchmark: string, options: Options): Promise<void> {
  const { client } = connect(options.server);
  let state = await client.call("startRescore", {
    params: { benchmark, phase: options.phase },
    body: { reason: options.reason ?? (options.dryRun ? "dry run" : "correction") },
  });
  const line = progressLine("re-scoring", options.quiet ? { mode: "quiet" } : {});
  while (state.state === "running") {
    const { done, total } = state.progress;
    line.update({ share: total === 0 ? 0 : done / total, text: `${done} of ${total} cases` });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    state = await client.call("getRescore", { params: { rescore: state.id } });
  }
  line.end();
  if (state.state !== "ready")
    throw new SegathlonError("SEG424", `the re-scoring is ${state.state}: ${state.problem ?? ""}`);
  const difference = state.difference ?? [];
  const moved = difference.filter((entry) => entry.rankBefore !== entry.rankAfter);
  const changed = difference.filter((entry) => entry.changes.length > 0);
  state = await client.call(options.dryRun ? "discardRescore" : "applyRescore", { params: { rescore: state.id } });
  if (options.json) process.stdout.write(`${JSON.stringify({ ...state, difference })}\n`);
  else {
    for (const entry of difference)
      process.stdout.write(
        `${entry.rankBefore ?? "-"} -> ${entry.rankAfter ?? "-"}  ${entry.algorithm}${entry.changes.length === 0 ? "" : `  (${entry.changes.length} scores changed)`}\n`,
      );
    process.stdout.write(
      `${difference.length} entries: ${changed.length} with other scores, ${moved.length} with another rank; ${options.dryRun ? "nothing was changed" : "the new scores count now"}\n`,
    );
  }
  process.exitCode = moved.length > 0 ? 1 : 0;
}

export function rescoreCommand(): Command {
  return new Command("rescore")
    .description(
      "score every entry of a phase again with the corrected references; all or nothing. Exit code 1 when ranks differ",
    )
    .argument("<benchmark>", "benchmark")
    .requiredOption("--phase <id>", "phase")
    .option("--dry-run", "show which ranks would change and leave everything as it is")
    .option("--reason <text>", "why; goes to the audit log")
    .option("--server <address>", "server (default: the one of the last login)")
    .option("--json", "as JSON")
    .option("--quiet", "no progress")
    .addHelpText("after", "\nExample:\n  segathlon rescore spleen --phase final --dry-run")
    .action(rescore);
}
