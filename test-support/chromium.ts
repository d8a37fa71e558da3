/**
 * A real Chromium for tests, driven by playwright-core (whose own browser download is not used).
 *
 * Looked for in this order: the environment variable `CHROMIUM`, /usr/bin/chromium, /usr/bin/google-chrome, the npm package
 * `@sparticuz/chromium` (Linux only). WebGL 2 runs on SwiftShader, so the viewer draws on machines without a GPU.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, chromium } from "playwright-core";

const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const flags = [
  // Tests run as root in containers, where Chromium's own sandbox cannot start.
  "--no-sandbox",
  "--no-zygote",
  "--disable-dev-shm-usage",
  "--font-render-hinting=none",
  "--ignore-gpu-blocklist",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];

interface Executable {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Unpacks the browser of `@sparticuz/chromium` once per version, in a folder of its own that appears by a rename: the package's
 * own unpacking into the temporary folder hands out half-written files when two test processes start together.
 */
function packagedChromium(): Executable | null {
  if (process.platform !== "linux") return null;
  const require = createRequire(import.meta.url);
  let manifest: string;
  try {
    manifest = path.join(path.dirname(require.resolve("@sparticuz/chromium")), "../package.json");
  } catch {
    return null;
  }
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, "utf8"));
  const folder = path.join(tmpdir(), `segathlon-chromium-${version}`);
  if (!existsSync(folder)) {
    const partial = mkdtempSync(`${folder}-`);
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        'import chromium from "@sparticuz/chromium"; await chromium.executablePath(process.argv[1]);',
        path.join(path.dirname(manifest), "bin"),
      ],
      // The last variable makes the package unpack its shared libraries too.
      {
        cwd: import.meta.dirname,
        env: { ...process.env, TMPDIR: partial, AWS_EXECUTION_ENV: "24.x" },
        encoding: "utf8",
      },
    );
    if (status !== 0) {
      rmSync(partial, { recursive: true, force: true });
      throw new Error(`@sparticuz/chromium ${version} could not be unpacked:\n${stderr}`);
    }
    try {
      renameSync(partial, folder);
    } catch (error) {
      // Another process was first.
      rmSync(partial, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
  }
  const executable = path.join(folder, "chromium");
  const environment: Record<string, string> = {};
  const libraries = spawnSync("ldd", [executable], { encoding: "utf8" });
  if (libraries.stdout?.includes("not found")) environment.LD_LIBRARY_PATH = path.join(folder, "al2023/lib");
  if (!existsSync("/etc/fonts")) environment.FONTCONFIG_PATH = path.join(folder, "fonts");
  return { path: executable, environment };
}

function findChromium(): Executable | null {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== "") {
    if (!existsSync(named)) throw new Error(`CHROMIUM names a file that is not there: ${named}`);
    return { path: named, environment: {} };
  }
  const system = installed.find((file) => existsSync(file));
  return system === undefined ? packagedChromium() : { path: system, environment: {} };
}

/**
 * Starts Chromium, or says what is left out and returns null where the machine has none.
 *
 * @param leftOut What the calling test does not check without a browser, for the warning.
 * @example
 * ```ts
 * const browser = await launchChromium("the pages in a browser");
 * if (browser === null) return;
 * ```
 */
export async function launchChromium(leftOut: string): Promise<Browser | null> {
  const executable = findChromium();
  if (executable === null) {
    console.warn(`No Chromium found (set CHROMIUM to its path); left out: ${leftOut}`);
    return null;
  }
  const environment = { ...process.env, ...executable.environment } as Record<string, string>;
  return await chromium.launch({ executablePath: executable.path, args: flags, env: environment });
}

/** Where screenshots and other things to look at are kept; git ignores the folder. */
export const artifactsFolder = path.resolve(import.meta.dirname, "../test-artifacts");
