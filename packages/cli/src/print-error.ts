/** Errors on the terminal: code, message, hint, place; a stack only for faults that nobody foresaw. */
import { errorTable, SegathlonError } from "@segathlon/errors";
import pc from "picocolors";

/** Writes an error to stderr as people should read it. */
export function printError(error: unknown): void {
  if (error instanceof SegathlonError) {
    const { code, message, hint } = error;
    process.stderr.write(
      `${pc.red(`error ${code} ${errorTable[code].name}`)}: ${message}\n  ${pc.dim("what to do:")} ${hint}\n`,
    );
    return;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `${pc.red("error SEG701 unexpected-fault")}: ${text}\n  ${pc.dim("what to do:")} ${errorTable.SEG701.hint}\n`,
  );
}
