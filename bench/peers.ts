/** The peers that are installed here, and how to run one. Nothing is downloaded; a peer that is not there is named. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

/** One run of a peer in its own process. */
export interface PeerRun {
  /** Files read and all labels compared; imports are not counted. */
  readonly cpuSeconds: number;
  readonly readSeconds: number;
  readonly wallSeconds: number;
  readonly peakMib: number;
  readonly emptyMib: number;
  readonly labels: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, readonly (number | null)[]>> | null;
}

export interface Peer {
  readonly name: string;
  /** In `bench_peers.py`. */
  readonly id: string;
  /** Option and folder of a checkout, where the peer is one. */
  readonly checkout?: { readonly option: string; readonly variable: string };
  readonly computes: string;
}

export const PEERS: readonly Peer[] = [
  {
    name: "surface-distance (DeepMind)",
    id: "deepmind",
    checkout: { option: "--ref", variable: "SURFACE_DISTANCE" },
    computes: "Dice, both mean distances, HD, HD95, NSD at four tolerances",
  },
  { name: "scipy, one crop and two EDTs", id: "boundary_crop", computes: "HD, HD95, ASSD, NSD at four tolerances" },
  { name: "nnU-Net v2 counts (numpy)", id: "nnunet_counts", computes: "Dice" },
  {
    name: "MONAI",
    id: "monai",
    checkout: { option: "--monai", variable: "MONAI" },
    computes: "HD95, ASSD, NSD at one tolerance (no Dice)",
  },
  {
    name: "medpy",
    id: "medpy",
    checkout: { option: "--medpy", variable: "MEDPY" },
    computes: "Dice, HD95, ASSD",
  },
];

export interface PeerSetup {
  readonly python: string;
  readonly tool: string;
}

const root = path.resolve(import.meta.dirname, "..");

/** Python with numpy, scipy and nibabel, and the script that holds the peers' calls; or why there is none. */
export function findPeerSetup(): PeerSetup | string {
  const tool = path.resolve(root, "../shared/oracle/tools/bench_peers.py");
  if (!existsSync(tool)) return "bench_peers.py is not there (../shared/oracle/tools)";
  for (const python of [process.env.PYTHON, "/usr/bin/python3", "python3"]) {
    if (python === undefined) continue;
    const { status } = spawnSync(python, ["-c", "import numpy, scipy, nibabel"], { stdio: "ignore" });
    if (status === 0) return { python, tool };
  }
  return "no python3 with numpy, scipy and nibabel (set PYTHON)";
}

/** Why a peer cannot run here, or null. */
export function whyAbsent(peer: Peer, { python }: PeerSetup): string | null {
  if (peer.checkout !== undefined) {
    const folder = process.env[peer.checkout.variable];
    if (folder === undefined) return `set ${peer.checkout.variable} to a checkout`;
    if (!existsSync(folder)) return `${peer.checkout.variable} names no folder`;
  }
  if (peer.id === "monai" && spawnSync(python, ["-c", "import torch"], { stdio: "ignore" }).status !== 0) {
    return "python3 has no torch";
  }
  return null;
}

/** Commit of a peer's checkout, or what its variable says about it (`SURFACE_DISTANCE_VERSION`). */
export function peerVersion({ checkout }: Peer): string | null {
  if (checkout === undefined) return null;
  const folder = process.env[checkout.variable];
  if (folder === undefined) return null;
  const stated = process.env[`${checkout.variable}_VERSION`];
  if (stated !== undefined) return stated;
  const { status, stdout } = spawnSync("git", ["-C", folder, "rev-parse", "--short", "HEAD"], { encoding: "utf8" });
  return status === 0 && existsSync(path.join(folder, ".git")) ? stdout.trim() : "version not known";
}

export interface PeerTask {
  readonly folder: string;
  readonly pair: string;
  /** Fewer labels than all, for peers that take minutes for each. */
  readonly labels?: readonly number[];
  readonly values?: "wanted";
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a peer once; or the last line of what it said when it failed. */
export function runPeer(peer: Peer, { python, tool }: PeerSetup, task: PeerTask): PeerRun | string {
  const checkout = peer.checkout && process.env[peer.checkout.variable];
  const args = [path.join(import.meta.dirname, "peer.py"), tool, task.folder, peer.id, task.pair];
  if (peer.checkout !== undefined && checkout !== undefined) args.push(peer.checkout.option, checkout);
  if (task.labels !== undefined) args.push("--labels", task.labels.join(","));
  if (task.values !== undefined) args.push("--values");
  const { status, stdout, stderr } = spawnSync(python, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    env: { ...process.env, ...task.environment },
  });
  if (status !== 0) return stderr.trim().split("\n").at(-1) ?? "failed";
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as PeerRun;
}

/** Writes the pairs of `bench_peers.py` where they are not there yet. */
export function makePairs({ python, tool }: PeerSetup, folder: string): void {
  if (existsSync(path.join(folder, "brain_pred.nii.gz"))) return;
  console.log("bench: making the pairs (once)");
  execFileSync(python, [tool, "make", folder], { stdio: "inherit" });
}
