/** `segathlon package FOLDER --out RELEASE`: archives, sealed test labels, checksums, datasheet, Croissant. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type DatasetFormat, datasetFormats, readDataset } from "@segathlon/dataset";
import { openSealedLabels, openSource, packageDataset, readSealingKey } from "@segathlon/dataset/node";
import { SegathlonError } from "@segathlon/errors";
import { Command, Option } from "commander";
import { progressLine } from "../progress-line.ts";

interface PackageFlags {
  readonly out: string;
  readonly format?: DatasetFormat;
  readonly releaseVersion: string;
  readonly date?: string;
  readonly creator?: string;
  readonly url?: string;
  readonly key?: string;
  readonly withErrors?: true;
  readonly unseal?: true;
  readonly json?: true;
  readonly quiet?: true;
}

/** The command, for the verb table. */
export function packageCommand(): Command {
  return new Command("package")
    .description("Make a release: public archive, sealed test labels, checksums, datasheet, Croissant")
    .argument("<dataset>", "folder, .zip, .tar or .tar.gz; with --unseal the folder of a release")
    .requiredOption("--out <folder>", "folder of the release; must not exist or be empty")
    .addOption(new Option("--format <format>", "layout, when it is not recognised").choices(datasetFormats))
    .option("--release-version <text>", "version of the release", "1.0.0")
    .option("--date <yyyy-mm-dd>", "date of publication (default: today); part of what makes a release reproducible")
    .option("--creator <name>", "who publishes it (default: the dataset's reference)")
    .option("--url <address>", "where it will be found")
    .option(
      "--key <file>",
      "key of the sealed test labels; made when it is not there (default: OUT.key, beside the release)",
    )
    .option("--with-errors", "package although the checker finds errors")
    .option("--unseal", "open the sealed test labels of a release into --out, with --key")
    .option("--json", "print release.json")
    .option("--quiet", "print nothing but errors")
    .addHelpText(
      "after",
      `
Keep the key apart from the release: whoever has both has the test labels.

Examples:
  segathlon package Task09_Spleen --out release --date 2026-11-21
  segathlon package release --unseal --key release.key --out labelsTs`,
    )
    .action((path: string, flags: PackageFlags) =>
      flags.unseal === true ? runUnseal(path, flags) : runPackage(path, flags),
    );
}

async function runPackage(path: string, flags: PackageFlags): Promise<void> {
  const source = await openSource(path);
  const line = progressLine("package", { mode: flags.quiet === true || flags.json === true ? "quiet" : "shown" });
  try {
    const dataset = await readDataset(source, flags.format);
    const keyFile = flags.key ?? `${flags.out.replace(/\/+$/, "")}.key`;
    const manifest = await packageDataset(source, dataset, flags.out, {
      date: flags.date ?? new Date().toISOString().slice(0, 10),
      version: flags.releaseVersion,
      creator: flags.creator ?? (dataset.reference.trim() || dataset.name),
      url: flags.url ?? `urn:segathlon:dataset:${encodeURIComponent(dataset.name)}`,
      keyFile,
      errors: flags.withErrors === true ? "accept" : "refuse",
      onCase: (done, total) => line.update({ share: done / total, text: `${done} of ${total} cases` }),
    });
    line.end();
    if (flags.json === true) process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
    else if (flags.quiet !== true) {
      for (const [file, { bytes, sha256 }] of Object.entries(manifest.files))
        process.stdout.write(`${sha256.slice(0, 12)}  ${String(bytes).padStart(12)}  ${file}\n`);
      if (manifest.sealed !== null) {
        process.stdout.write(
          `${manifest.sealed.cases} test label maps sealed in ${manifest.sealed.file}; the key is ${keyFile}: keep it apart\n`,
        );
      }
      const { errors, warnings } = manifest.findings;
      if (errors + warnings > 0)
        process.stdout.write(`the checker has ${errors} errors and ${warnings} warnings: segathlon check ${path}\n`);
    }
  } finally {
    line.end();
    await source.close();
  }
}

async function runUnseal(release: string, flags: PackageFlags): Promise<void> {
  if (flags.key === undefined) throw new SegathlonError("SEG700", "--unseal needs --key FILE");
  const text = await readFile(join(release, "release.json"), "utf8").catch((cause: unknown) => {
    throw new SegathlonError("SEG208", `${release} holds no release.json`, { where: { file: release }, cause });
  });
  const manifest = parseManifest(text, release);
  const names = await openSealedLabels(
    join(release, manifest.file),
    await readSealingKey(flags.key),
    manifest.release,
    flags.out,
  );
  if (flags.quiet !== true) process.stdout.write(`${names.length} test label maps in ${flags.out}\n`);
}

function parseManifest(text: string, release: string): { readonly file: string; readonly release: string } {
  const refuse = (): SegathlonError =>
    new SegathlonError("SEG208", `${release}/release.json names no sealed labels`, { where: { file: release } });
  let json: { name?: unknown; splitSha256?: unknown; sealed?: { file?: unknown } | null };
  try {
    json = JSON.parse(text);
  } catch {
    throw refuse();
  }
  const file = json.sealed?.file;
  if (typeof file !== "string" || !/^[\w.-]+$/.test(file) || typeof json.name !== "string") throw refuse();
  return { file, release: `${json.name}/${String(json.splitSha256)}` };
}
