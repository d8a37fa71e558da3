/**
 * `prepack` of every package: compiles `src` to JavaScript and types in `dist` and puts LICENSE beside it. Run in the package's
 * folder. Tarballs carry no TypeScript sources, because Node refuses to strip types under `node_modules`.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, globSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const folder = process.cwd();
const name = path.basename(folder);
const compiler = path.join(root, "node_modules/typescript-native/bin/tsc");

/** Declarations keep the comments, which editors show; JavaScript does not, which halves it. */
const passes = [
  { declaration: true, emitDeclarationOnly: true, removeComments: false },
  { declaration: false, removeComments: true },
];

rmSync(path.join(folder, "dist"), { recursive: true, force: true });
const configFile = path.join(folder, "tsconfig.pack.json");
try {
  for (const pass of passes) {
    const config = {
      extends: path.join(root, "tsconfig.base.json"),
      compilerOptions: {
        // Only code that Node runs is compiled here; browser-safe sources were checked without these types by `npm run types`.
        types: ["node"],
        typeRoots: [path.join(root, "node_modules/@types")],
        noEmit: false,
        rootDir: path.join(folder, "src"),
        outDir: path.join(folder, "dist"),
        ...pass,
      },
      include: [path.join(folder, "src")],
      exclude: [path.join(folder, "src/**/*.test.ts"), path.join(folder, "src/testing")],
    };
    writeFileSync(configFile, JSON.stringify(config));
    const { status } = spawnSync(process.execPath, [compiler, "-p", configFile], { stdio: "inherit" });
    if (status !== 0) throw new Error(`build-package: ${name} does not compile`);
  }
} finally {
  rmSync(configFile, { force: true });
}
// Generated modules that are plain JavaScript or data (kernels) are not touched by the compiler.
for (const file of globSync("src/**/*.{wasm,json}", { cwd: folder })) {
  if (!file.includes("goldens/"))
    cpSync(path.join(folder, file), path.join(folder, "dist", path.relative("src", file)));
}
copyFileSync(path.join(root, "LICENSE"), path.join(folder, "LICENSE"));
