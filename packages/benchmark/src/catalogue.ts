/**
 * The built-in benchmarks. A task is named `benchmark/task` (`msd/Task03_Liver`), a benchmark by its id (`msd`).
 */
import { SegathlonError } from "@segathlon/errors";
import type { BenchmarkDocument, Task } from "./benchmark-document.ts";
import { catalogueData } from "./catalogue-data.ts";

/** A task together with the document that it belongs to. */
export interface TaskInBenchmark {
  readonly benchmark: BenchmarkDocument;
  readonly task: Task;
}

/** All built-in benchmarks, in alphabetical order. */
export function catalogueBenchmarks(): readonly BenchmarkDocument[] {
  return catalogueData;
}

/** Up to three names that look like `wanted`, for "did you mean". */
function similarNames(wanted: string, names: readonly string[]): string[] {
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const key = plain(wanted);
  return names
    .filter((name) => plain(name).includes(key) || key.includes(plain(name.slice(name.indexOf("/") + 1))))
    .slice(0, 3);
}

/** Ids of all built-in tasks. */
export function catalogueTaskIds(): string[] {
  return catalogueData.flatMap((benchmark) => benchmark.tasks.map((task) => `${benchmark.benchmark}/${task.id}`));
}

/**
 * A built-in benchmark by id.
 *
 * @throws SegathlonError `SEG101` when there is none.
 */
export function catalogueBenchmark(id: string): BenchmarkDocument {
  const found = catalogueData.find((benchmark) => benchmark.benchmark === id);
  if (found) return found;
  const known = catalogueData.map((benchmark) => benchmark.benchmark).join(", ");
  throw new SegathlonError("SEG101", `no built-in benchmark is called ${id}; there are ${known}`);
}

/**
 * A built-in task by id, such as `msd/Task04_Hippocampus`.
 *
 * @throws SegathlonError `SEG101` when there is none; the message names similar ones.
 */
export function catalogueTask(id: string): TaskInBenchmark {
  for (const benchmark of catalogueData) {
    for (const task of benchmark.tasks) if (`${benchmark.benchmark}/${task.id}` === id) return { benchmark, task };
  }
  const similar = similarNames(id, catalogueTaskIds());
  throw new SegathlonError("SEG101", `no built-in task is called ${id}`, {
    ...(similar.length > 0 ? { hint: `Did you mean ${similar.join(" or ")}? \`segathlon catalog\` lists all.` } : {}),
  });
}

/**
 * The task of a benchmark document: the named one, or the only one.
 *
 * @throws SegathlonError `SEG101` when the name is unknown, or when there are several and none is named.
 */
export function taskOf(benchmark: BenchmarkDocument, id: string | null, file: string): TaskInBenchmark {
  const ids = benchmark.tasks.map((task) => task.id).join(", ");
  const task = id === null ? benchmark.tasks[0] : benchmark.tasks.find((candidate) => candidate.id === id);
  if (!task)
    throw new SegathlonError("SEG101", `${file}: no task is called ${id}; there are ${ids}`, { where: { file } });
  if (id === null && benchmark.tasks.length > 1) {
    throw new SegathlonError("SEG101", `${file} has several tasks (${ids}) and none is named`, {
      hint: `Name one as ${file}#${task.id}.`,
      where: { file },
    });
  }
  return { benchmark, task };
}
