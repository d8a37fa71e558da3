/**
 * Compiles the network kernels (packages/models/assembly/network.ts) to WASM and writes them as a TypeScript module with the bytes in
 * base64, so that Node, bundlers and plain module scripts load them alike. The output is git-ignored and the same on every machine.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const work = mkdtempSync(path.join(tmpdir(), "segathlon-network-"));
try {
  const wasm = path.join(work, "network.wasm");
  execFileSync(
    process.execPath,
    [
      path.join(root, "node_modules/assemblyscript/bin/asc.js"),
      "packages/models/assembly/network.ts",
      "--outFile",
      wasm,
      "-O3",
      "--noAssert",
      "--runtime",
      "stub",
      "--enable",
      "simd",
      "--enable",
      "threads",
      "--enable",
      "bulk-memory",
      "--importMemory",
      "--sharedMemory",
      "--initialMemory",
      "1",
      "--maximumMemory",
      "65536",
      "--use",
      "abort=",
    ],
    { cwd: root, stdio: "inherit" },
  );
  const bytes = readFileSync(wasm);
  const target = path.join(root, "packages/models/src/training/network-kernels-wasm.ts");
  const text = `/** Made by scripts/build-network-kernels.ts from packages/models/assembly/network.ts; not edited by hand. */\nexport const networkKernelsBase64: string =\n  "${bytes.toString("base64")}";\n`;
  let current = "";
  try {
    current = readFileSync(target, "utf8");
  } catch {
    // The first build: nothing to compare with.
  }
  if (current !== text) writeFileSync(target, text);
  console.log(`network kernels: ${bytes.length} bytes of WASM`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
