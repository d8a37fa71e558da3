/**
 * A hash of what an image shows, not of how it is stored: shape and scaled values, so that compression, voxel type and header do not
 * matter. MurmurHash3_x86_128 (A. Appleby, public domain) over the values as float32: quick, and long enough that two different images
 * of one dataset do not meet by chance. It proves nothing against someone who wants a collision.
 */

/** Hash of `shape` and `values`; 32 hexadecimal digits. */
export class VoxelHash {
  private readonly state = new Uint32Array(4);
  private words = 0;

  /** Takes float32 values (their bits; -0 counts as 0). The number of values must be a multiple of four, except in the last call. */
  update(values: Float32Array): void {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    let [h1, h2, h3, h4] = this.state as unknown as [number, number, number, number];
    const full = bits.length & ~3;
    for (let i = 0; i < full; i += 4) {
      h1 ^= Math.imul(rotate(Math.imul(zero(bits[i] as number), 0x239b961b), 15), 0xab0e9789);
      h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
      h2 ^= Math.imul(rotate(Math.imul(zero(bits[i + 1] as number), 0xab0e9789), 16), 0x38b34ae5);
      h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
      h3 ^= Math.imul(rotate(Math.imul(zero(bits[i + 2] as number), 0x38b34ae5), 17), 0xa1e38b93);
      h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
      h4 ^= Math.imul(rotate(Math.imul(zero(bits[i + 3] as number), 0xa1e38b93), 18), 0x239b961b);
      h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
    }
    for (let i = full; i < bits.length; i += 1) {
      h1 ^= Math.imul(rotate(Math.imul(zero(bits[i] as number), 0x239b961b), 15), 0xab0e9789);
      h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    }
    this.state.set([h1, h2, h3, h4]);
    this.words += bits.length;
  }

  digest(): string {
    let [h1, h2, h3, h4] = [...this.state].map((h) => h ^ (this.words * 4)) as [number, number, number, number];
    h1 = (h1 + h2 + h3 + h4) | 0;
    h2 = (h2 + h1) | 0;
    h3 = (h3 + h1) | 0;
    h4 = (h4 + h1) | 0;
    [h1, h2, h3, h4] = [finish(h1), finish(h2), finish(h3), finish(h4)];
    h1 = (h1 + h2 + h3 + h4) | 0;
    h2 = (h2 + h1) | 0;
    h3 = (h3 + h1) | 0;
    h4 = (h4 + h1) | 0;
    return [h1, h2, h3, h4].map((h) => (h >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

function zero(bits: number): number {
  return bits === 0x80000000 ? 0 : bits;
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function finish(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
