/** `segathlon phantom NAME --out DIR`: synthetic datasets with exact labels. */
import { datasetFormats } from "@segathlon/dataset";
import { SegathlonError } from "@segathlon/errors";
import { findPhantom, phantoms, writePhantomDataset } from "@segathlon/phantom";
import { Command, Option } from "commander";
import pc from "picocolors";

interface PhantomFlags {
  readonly out: string;
  readonly cases?: number;
  readonly size?: number;
  readonly seed: number;
  readonly format: (typeof datasetFormats)[number];
  readonly quiet?: true;
  readonly json?: true;
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new SegathlonError("SEG700", `"${text}" is not a whole number`);
}

/** The command, for the verb table. */
export function phantomCommand(): Command {
  return new Command("phantom")
    .description("Write a synthetic dataset with exact labels (needs no download)")
    .argument("<name>", `one of: ${Object.keys(phantoms).join(", ")}; amos is another name of abdomen`)
    .requiredOption("--out <folder>", "folder to write; must not exist or be empty")
    .option("--cases <n>", "number of cases (default: the phantom's own)", wholeNumber)
    .option("--size <n>", "voxels along the longest axis (default: the phantom's own)", wholeNumber)
    .option("--seed <n>", "same seed, same files", wholeNumber, 1)
    .addOption(new Option("--format <format>", "layout").choices(datasetFormats).default("msd"))
    .option("--json", "print a summary as JSON")
    .option("--quiet", "print nothing but errors")
    .addHelpText(
      "after",
      `
Examples:
  segathlon phantom liver --out Phantom03_Liver --cases 12
  segathlon phantom amos --out amos --size 128 --seed 7 --format nnunet`,
    )
    .action(async (name: string, flags: PhantomFlags) => {
      const document = findPhantom(name);
      const { out, seed, format, cases, size } = flags;
      const started = performance.now();
      const talk = flags.quiet !== true && flags.json !== true;
      await writePhantomDataset(document, out, {
        seed,
        format,
        ...(cases === undefined ? {} : { cases }),
        ...(size === undefined ? {} : { size }),
        onCase(done, total, id) {
          if (!talk) return;
          const left = ((performance.now() - started) / done) * (total - done);
          if (process.stderr.isTTY) {
            process.stderr.write(`\r${pc.dim(`case ${done} of ${total}, about ${Math.ceil(left / 1000)} s left`)}   `);
          } else if (done === total) process.stderr.write(`${total} cases, the last is ${id}\n`);
        },
      });
      if (talk && process.stderr.isTTY) process.stderr.write("\r\x1b[K");
      const total = cases ?? document.cases;
      if (flags.json === true) {
        process.stdout.write(
          `${JSON.stringify({ phantom: document.name, folder: out, format, cases: total, seed, size: size ?? document.size })}\n`,
        );
      } else if (talk) {
        process.stdout.write(
          `${document.title}: ${total} synthetic cases in ${out} (${format}); look at them with ${pc.bold(`segathlon check ${out}`)}\n`,
        );
      }
    });
}
