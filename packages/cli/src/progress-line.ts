/**
 * Progress on stderr: one line that is written over, with a bar, what is done, and how long it will take. Only on a terminal;
 * elsewhere nothing is printed, so that logs hold results and errors alone.
 */
import pc from "picocolors";

export interface ProgressState {
  /** 0 to 1. */
  readonly share: number;
  /** What is happening, such as `37 of 147, case liver_7`. */
  readonly text: string;
}

export interface ProgressLine {
  update(state: ProgressState): void;
  /** Removes the line. */
  end(): void;
}

/** Seconds as people say them: `8 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Time left when `share` took `elapsed` seconds; null while too little is done to say. */
export function secondsLeft(share: number, elapsed: number): number | null {
  if (!(share > 0.005) || elapsed < 0.5) return null;
  return (elapsed * (1 - share)) / share;
}

const partBlocks = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of `width` characters, filled by eighths. */
export function barText(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const full = Math.floor(eighths / 8);
  return `${"█".repeat(full)}${partBlocks[eighths % 8]}`.padEnd(width, "░").slice(0, width);
}

/** A line on `stream` for a job called `job`; without effect when the stream is no terminal or `mode` is quiet. */
export function progressLine(
  job: string,
  options: {
    readonly mode?: "shown" | "quiet";
    readonly stream?: NodeJS.WriteStream;
    readonly now?: () => number;
  } = {},
): ProgressLine {
  const { mode = "shown", stream = process.stderr, now = () => performance.now() } = options;
  if (mode === "quiet" || !stream.isTTY) return { update: () => {}, end: () => {} };
  const start = now();
  let last = Number.NEGATIVE_INFINITY;
  let drawn = false;
  return {
    update({ share, text }) {
      const time = now();
      if (time - last < 80 && share < 1) return;
      last = time;
      const left = secondsLeft(share, (time - start) / 1000);
      const eta = left === null ? "" : `, about ${durationText(left)} left`;
      const percent = `${Math.floor(share * 100)}`.padStart(3);
      const line = `${job} ${barText(share, 20)} ${percent} %  ${text}${eta}`;
      stream.write(`\r\u001b[2K${pc.dim(line.slice(0, Math.max(20, (stream.columns ?? 80) - 1)))}`);
      drawn = true;
    },
    end() {
      if (drawn) stream.write("\r\u001b[2K");
      drawn = false;
    },
  };
}
