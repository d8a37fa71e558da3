/** JSON keys of metrics without their parameter. */

/** `nsd@1` -> `nsd`, `hd95` -> `hd`: how definitions and empty rules name a metric. */
export function keyStem(key: string): string {
  const name = key.split("@")[0] ?? key;
  return /^hd[\d.]*$/.test(name) ? "hd" : name;
}
