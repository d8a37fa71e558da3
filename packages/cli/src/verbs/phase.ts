/** `segathlon phase`: dates, quota, freeze and visibility of a phase. */
import type { Phase } from "@segathlon/server/api";
import { Command } from "commander";
import { optionError, wholeNumber } from "../option-values.ts";
import { connect } from "./credentials.ts";

interface Options {
  readonly opens?: string;
  readonly closes?: string;
  readonly freeze?: true;
  readonly unfreeze?: true;
  readonly perDay?: string;
  readonly total?: string;
  readonly leaderboard?: string;
  readonly reason?: string;
  readonly server?: string;
  readonly json?: true;
}

const boards = ["public", "hidden-until-close", "organisers"] as const;

/** `now`, `never`, or a date and time with its offset. */
function moment(option: string, text: string | undefined): string | null | undefined {
  if (text === undefined) return undefined;
  if (text === "never") return null;
  if (text === "now") return new Date().toISOString();
  const date = new Date(text);
  if (!/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || Number.isNaN(date.getTime()))
    throw optionError(option, "now, never, or a time such as 2026-12-01T00:00:00Z", text);
  return date.toISOString();
}

function limit(option: string, text: string): number | null {
  return text === "unlimited" ? null : wholeNumber(option, text, 1);
}

function line(phase: Phase): string {
  const quota = [
    phase.quota.perDay === null ? "" : `${phase.quota.perDay} a day`,
    phase.quota.total === null ? "" : `${phase.quota.total} in total`,
  ]
    .filter((part) => part !== "")
    .join(", ");
  const cases = Object.entries(phase.cases)
    .map(([task, count]) => `${task} ${count}`)
    .join(", ");
  return `${phase.id}: ${phase.state}${phase.opens === null ? "" : `, opens ${phase.opens}`}${phase.closes === null ? "" : `, closes ${phase.closes}`}; quota ${quota || "unlimited"}; leaderboard ${phase.leaderboard}; cases ${cases}`;
}

async function run(benchmark: string, id: string | undefined, options: Options): Promise<void> {
  const { client } = connect(options.server);
  const changes = {
    ...(options.opens === undefined ? {} : { opens: moment("--opens", options.opens) ?? null }),
    ...(options.closes === undefined ? {} : { closes: moment("--closes", options.closes) ?? null }),
    ...(options.freeze ? { frozen: true } : options.unfreeze ? { frozen: false } : {}),
    ...(options.leaderboard === undefined
      ? {}
      : {
          leaderboard:
            boards.find((board) => board === options.leaderboard) ??
            (() => {
              throw optionError("--leaderboard", boards.join(", "), options.leaderboard ?? "");
            })(),
        }),
  };
  if (id === undefined) {
    const phases = await client.call("listPhases", { params: { benchmark } });
    process.stdout.write(options.json ? `${JSON.stringify(phases)}\n` : `${phases.map(line).join("\n")}\n`);
    return;
  }
  const params = { benchmark, phase: id };
  let phase = await client.call("getPhase", { params });
  const quota =
    options.perDay === undefined && options.total === undefined
      ? {}
      : {
          quota: {
            perDay: options.perDay === undefined ? phase.quota.perDay : limit("--per-day", options.perDay),
            total: options.total === undefined ? phase.quota.total : limit("--total", options.total),
          },
        };
  if (Object.keys({ ...changes, ...quota }).length > 0) {
    if (options.reason === undefined)
      throw optionError("--reason", "why the phase is changed (it goes to the audit log)", "");
    phase = await client.call("patchPhase", { params, body: { ...changes, ...quota, reason: options.reason } });
  }
  process.stdout.write(options.json ? `${JSON.stringify(phase)}\n` : `${line(phase)}\n`);
}

export function phaseCommand(): Command {
  return new Command("phase")
    .description("show phases; with options, change one (organisers)")
    .argument("<benchmark>", "benchmark")
    .argument("[phase]", "phase")
    .option("--opens <time>", "now, never, or 2026-12-01T00:00:00Z")
    .option("--closes <time>", "now, never, or 2026-12-31T23:59:00Z")
    .option("--freeze", "take no submissions; the leaderboard stays as it is")
    .option("--unfreeze", "go on")
    .option("--per-day <n>", "submissions of a team per UTC day, or unlimited")
    .option("--total <n>", "submissions of a team, or unlimited")
    .option("--leaderboard <who>", boards.join(", "))
    .option("--reason <text>", "why; goes to the audit log")
    .option("--server <address>", "server (default: the one of the last login)")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      '\nExample:\n  segathlon phase spleen live --closes 2026-12-31T23:59:00Z --reason "extended by a week"',
    )
    .action(run);
}
