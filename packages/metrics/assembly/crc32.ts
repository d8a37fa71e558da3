/**
 * CRC-32 of gzip (RFC 1952 section 8) over bytes that are mostly long repetitions. A step of eight bytes is an affine map of the
 * state: s -> M s ^ c(word). Repeating one word n times is the same map n times, so a repetition costs log2(n) steps:
 * M^(2^k) is a table, and c doubles as c(2n) = M^n c(n) ^ c(n).
 */
import { allocate } from "./memory";

/** Repetitions of at least this many words are taken at once. */
const LONG: usize = 16;
const POWERS: u32 = 18;

/** Slicing by eight: table t at 256 t is the effect of a byte t bytes before the end of a step. */
let slices: usize = 0;
/** Power k at 1024 k: M^(2^k) of the four bytes of a state. */
let powers: usize = 0;

/** Takes memory of the case for the tables and fills them. */
export function beginCrc(): void {
  slices = allocate(8 * 1024);
  for (let byte: u32 = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
    store<u32>(slices + (<usize>byte << 2), value);
  }
  for (let at: usize = 256; at < 2048; at++) {
    const before = load<u32>(slices + ((at - 256) << 2));
    store<u32>(slices + (at << 2), (before >>> 8) ^ load<u32>(slices + (<usize>(before & 255) << 2)));
  }
  powers = allocate(<u64>POWERS * 4096);
  for (let at: usize = 0; at < 1024; at++) {
    const state = <u32>(at & 255) << <u32>((at >> 8) << 3);
    store<u32>(powers + (at << 2), step(state, 0));
  }
  for (let k: usize = 1; k < <usize>POWERS; k++) {
    const half = powers + ((k - 1) << 12);
    for (let at: usize = 0; at < 1024; at++) {
      store<u32>(powers + (k << 12) + (at << 2), advance(half, load<u32>(half + (at << 2))));
    }
  }
}

// @ts-ignore: decorator
@inline
function slice(table: usize, byte: u32): u32 {
  return load<u32>(slices + (table << 10) + (<usize>byte << 2));
}

/** The state after eight more bytes. */
// @ts-ignore: decorator
@inline
function step(state: u32, word: u64): u32 {
  const low = <u32>word ^ state;
  const high = <u32>(word >> 32);
  return (
    slice(7, low & 255) ^
    slice(6, (low >>> 8) & 255) ^
    slice(5, (low >>> 16) & 255) ^
    slice(4, low >>> 24) ^
    slice(3, high & 255) ^
    slice(2, (high >>> 8) & 255) ^
    slice(1, (high >>> 16) & 255) ^
    slice(0, high >>> 24)
  );
}

// @ts-ignore: decorator
@inline
function advance(power: usize, state: u32): u32 {
  return (
    load<u32>(power + (<usize>(state & 255) << 2)) ^
    load<u32>(power + (<usize>((state >>> 8) & 255) << 2), 1024) ^
    load<u32>(power + (<usize>((state >>> 16) & 255) << 2), 2048) ^
    load<u32>(power + (<usize>(state >>> 24) << 2), 3072)
  );
}

function repeat(state: u32, word: u64, times: usize): u32 {
  let constant = step(0, word);
  let power = powers;
  while (true) {
    if (times & 1) state = advance(power, state) ^ constant;
    times >>= 1;
    if (times == 0) return state;
    if (constant != 0) constant ^= advance(power, constant);
    power += 4096;
  }
}

/** The state after the bytes from `p` to `end`; begin with -1 and invert at the end. At most 2 MiB a call. */
export function crcOf(state: u32, p: usize, end: usize): u32 {
  while (p + 8 <= end) {
    const word = load<u64>(p);
    if (p + 8 * LONG <= end && load<u64>(p, 8) == word && load<u64>(p, 64) == word) {
      const splat = i64x2.splat(word);
      let q = p + 16;
      while (q + 32 <= end && !v128.any_true(v128.or(v128.xor(v128.load(q), splat), v128.xor(v128.load(q, 16), splat)))) q += 32;
      while (q + 8 <= end && load<u64>(q) == word) q += 8;
      if (q - p >= 8 * LONG) {
        state = repeat(state, word, (q - p) >> 3);
        p = q;
        continue;
      }
    }
    state = step(state, word);
    p += 8;
  }
  for (; p < end; p++) state = (state >>> 8) ^ slice(0, (state ^ load<u8>(p)) & 255);
  return state;
}
