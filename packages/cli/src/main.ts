/**
 * `segathlon`: one binary, one file per verb under `verbs/`. A verb's code is loaded only when it is asked for, so that
 * `segathlon --version` stays quick. Exit codes: 0 done and clean, 1 done with failures or findings, 2 could not run.
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { printError } from "./print-error.ts";
import { verbs } from "./verb-table.ts";

function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return manifest.version;
}

/** Lets every command report its faults here instead of ending the process, subcommands included. */
function overrideExit(command: Command): Command {
  command.exitOverride();
  for (const part of command.commands) overrideExit(part);
  return command;
}

/** Runs the command line `argv` (as `process.argv`) and sets `process.exitCode`. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("segathlon")
    .description("Benchmarks for medical image segmentation: check, evaluate, rank, host, train.")
    .version(version())
    .showHelpAfterError("(see --help)")
    .exitOverride();
  const asked = argv.slice(2).find((word) => !word.startsWith("-"));
  for (const [name, verb] of Object.entries(verbs)) {
    // Only the verb that is asked for is loaded; the others are known by name and summary.
    if (name === asked) program.addCommand(overrideExit(await verb.load()));
    else program.command(name).description(verb.summary);
  }
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    printError(error);
    process.exitCode = 2;
  }
}
