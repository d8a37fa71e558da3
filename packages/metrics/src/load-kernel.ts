/** Which kernel runs here: the compiled one where its bytes are there and the engine knows WebAssembly SIMD, else TypeScript. */
import type { Kernel } from "./kernel.ts";
import { typeScriptKernel } from "./typescript-kernel.ts";
import { createWasmKernel, type WasmKernel } from "./wasm-kernel.ts";

/** Where the compiled bytes come from; a test or a page with its own copy can give another source. */
export type KernelBytes = () => Promise<Uint8Array<ArrayBuffer>>;

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

const builtBytes: KernelBytes = async () => decodeBase64((await import("./wasm-bytes.ts")).wasmBase64);

let builtModule: Promise<WebAssembly.Module> | undefined;

/**
 * The compiled module, for sharing between workers. Compiled once a thread.
 *
 * @throws whatever the engine says where it has no WebAssembly SIMD, or the module loader where the kernel was not built.
 */
export function wasmKernelModule(): Promise<WebAssembly.Module> {
  builtModule ??= builtBytes().then((bytes) => WebAssembly.compile(bytes));
  return builtModule;
}

/**
 * The compiled kernel.
 *
 * @param module from `wasmKernelModule`, so that a worker need not compile again.
 * @throws as `wasmKernelModule`.
 */
export async function loadWasmKernel(module?: WebAssembly.Module): Promise<WasmKernel> {
  return createWasmKernel(module ?? (await wasmKernelModule()));
}

/**
 * The fastest kernel that runs here. Both give the same bits. Where the compiled one cannot run, one line says why and
 * `kernel.name` is `typescript`.
 *
 * @param options.bytes another source of the compiled kernel than the one in this package.
 * @param options.say takes the line; default `console.warn`.
 * @example
 * const kernel = await loadKernel();
 * compareCase(reference, prediction, { regions, metrics, profile, kernel });
 */
export async function loadKernel(options?: {
  readonly bytes?: KernelBytes;
  readonly say?: (line: string) => void;
}): Promise<Kernel> {
  const { bytes, say = console.warn } = options ?? {};
  try {
    return await loadWasmKernel(bytes === undefined ? undefined : await WebAssembly.compile(await bytes()));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
    say(`segathlon: metrics run on the slower TypeScript kernel, with the same results (${reason})`);
    return typeScriptKernel;
  }
}
