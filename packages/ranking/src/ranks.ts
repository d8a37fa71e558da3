/** Ranks of a list of numbers, with R's six rules for ties (`rank(x, ties.method = ...)`, R 4.2.2). */

export type TieMethod = "min" | "max" | "average" | "first" | "last" | "random";

export const tieMethods: readonly TieMethod[] = ["min", "max", "average", "first", "last", "random"];

/** Keys of the item at each place, moved along with the order: reading them through the order costs twice the time. */
let keysNow = new Float64Array(64);
let keysNext = new Float64Array(64);

/**
 * Sorts `order[0..count)` by `keys[order[i]]` ascending; equal keys keep their order. A merge sort on typed arrays: the engine's
 * `sort` with a comparison function is several times slower at the sizes of a score table.
 */
export function sortByKey(keys: ArrayLike<number>, order: Int32Array, count: number, scratch: Int32Array): void {
  if (keysNow.length < count) {
    keysNow = new Float64Array(2 * count);
    keysNext = new Float64Array(2 * count);
  }
  let keysFrom = keysNow;
  let keysTo = keysNext;
  for (let i = 0; i < count; i++) keysFrom[i] = keys[order[i] as number] as number;
  const run = 8;
  for (let start = 0; start < count; start += run) {
    const end = Math.min(start + run, count);
    for (let i = start + 1; i < end; i++) {
      const item = order[i] as number;
      const key = keysFrom[i] as number;
      let j = i - 1;
      while (j >= start && (keysFrom[j] as number) > key) {
        order[j + 1] = order[j] as number;
        keysFrom[j + 1] = keysFrom[j] as number;
        j--;
      }
      order[j + 1] = item;
      keysFrom[j + 1] = key;
    }
  }
  let from = order;
  let to = scratch;
  for (let width = run; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      const end = Math.min(start + 2 * width, count);
      let left = start;
      let right = middle;
      let out = start;
      while (left < middle && right < end) {
        const leftKey = keysFrom[left] as number;
        const rightKey = keysFrom[right] as number;
        if (leftKey <= rightKey) {
          keysTo[out] = leftKey;
          to[out++] = from[left++] as number;
        } else {
          keysTo[out] = rightKey;
          to[out++] = from[right++] as number;
        }
      }
      for (; left < middle; left++, out++) {
        keysTo[out] = keysFrom[left] as number;
        to[out] = from[left] as number;
      }
      for (; right < end; right++, out++) {
        keysTo[out] = keysFrom[right] as number;
        to[out] = from[right] as number;
      }
    }
    const order1 = from;
    from = to;
    to = order1;
    const keys1 = keysFrom;
    keysFrom = keysTo;
    keysTo = keys1;
  }
  if (from !== order) for (let i = 0; i < count; i++) order[i] = from[i] as number;
}

/**
 * Ranks of `values`, ascending: the smallest value gets rank 1. NaN never gets a rank: its place in the result is NaN.
 *
 * @param values numbers; to rank a score where larger is better, pass the negated values
 * @param ties what equal values get. `min`: the best rank of the group (1, 1, 3), `max`: the worst (2, 2, 3), `average` (1.5, 1.5, 3),
 *   `first` / `last`: the order / reverse order in the list, `random`: an order drawn with `random`
 * @param random uniform numbers in [0, 1); needed for `random` only
 * @throws RangeError when `ties` is `random` and no generator is given
 *
 * @example
 * ```ts
 * ranks([0.2, 0.1, 0.2], "min"); // Float64Array [2, 1, 2]
 * ```
 */
export function ranks(values: ArrayLike<number>, ties: TieMethod, random?: () => number): Float64Array {
  const result = new Float64Array(values.length);
  const order = new Int32Array(values.length);
  ranksInto(values, values.length, ties, order, new Int32Array(values.length), result, random);
  return result;
}

/** As {@link ranks}, on the first `length` values, into given arrays: for loops over thousands of draws. */
export function ranksInto(
  values: ArrayLike<number>,
  length: number,
  ties: TieMethod,
  order: Int32Array,
  scratch: Int32Array,
  result: Float64Array,
  random?: () => number,
): void {
  let count = 0;
  for (let i = 0; i < length; i++) {
    if (Number.isNaN(values[i])) result[i] = Number.NaN;
    else order[count++] = i;
  }
  sortByKey(values, order, count, scratch);
  for (let start = 0; start < count; ) {
    let end = start + 1;
    const value = values[order[start] as number];
    while (end < count && values[order[end] as number] === value) end++;
    assignGroup(order, start, end, ties, result, random);
    start = end;
  }
}

function assignGroup(
  order: Int32Array,
  start: number,
  end: number,
  ties: TieMethod,
  result: Float64Array,
  random: (() => number) | undefined,
): void {
  const size = end - start;
  if (ties === "random" && size > 1) {
    if (random === undefined) throw new RangeError("ranks: ties 'random' needs a generator");
    for (let i = size - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      const item = order[start + i] as number;
      order[start + i] = order[start + j] as number;
      order[start + j] = item;
    }
  }
  for (let i = start; i < end; i++) {
    const item = order[i] as number;
    if (ties === "min") result[item] = start + 1;
    else if (ties === "max") result[item] = end;
    else if (ties === "average") result[item] = (start + 1 + end) / 2;
    else if (ties === "last") result[item] = end - (i - start);
    else result[item] = i + 1;
  }
}
