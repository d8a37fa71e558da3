/**
 * Linear memory as one stack: case tables and runs at the bottom, the work space of one region above them.
 *
 * The work space of a region is zero when the region begins. Every region leaves it zero again (bit planes clear the rows that
 * they touched), so no region pays for the size of the whole box of the one before.
 */

/** Bytes above this address have never been written since they were last cleared. */
let writtenEnd: usize = __heap_base;
let top: usize = __heap_base;
let failedBytes: f64 = 0;

/** Bytes that could not be had, or 0. Read after a trap: only running out of memory traps on purpose. */
export function outOfMemoryBytes(): f64 {
  return failedBytes;
}

/** Takes 16-byte aligned bytes from the stack; traps where the engine gives no more memory. */
export function allocate(bytes: u64): usize {
  const start: u64 = (<u64>top + 15) & ~15;
  const end: u64 = start + bytes;
  if (end > 0xffff0000) {
    failedBytes = <f64>end;
    unreachable();
  }
  const pages = <i32>((end + 0xffff) >> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) {
    failedBytes = <f64>end;
    unreachable();
  }
  top = <usize>end;
  return <usize>start;
}

export function mark(): usize {
  return top;
}

/** Back to the bottom, for the next case. */
export function forgetAll(): void {
  if (top > writtenEnd) writtenEnd = top;
  top = __heap_base;
}

/** Everything above the runs of a case becomes the zero work space of its regions. */
export function clearWorkSpace(): void {
  top = (top + 15) & ~15;
  if (writtenEnd > top) memory.fill(top, 0, writtenEnd - top);
  writtenEnd = top;
}

/** Gives back the stack down to a mark; what lies between is already zero. */
export function releaseClean(to: usize): void {
  top = to;
}

/** Gives back the stack down to a mark and clears what lies between. */
export function releaseUsed(to: usize): void {
  memory.fill(to, 0, top - to);
  top = to;
}
