/** Which changes between two OpenAPI documents of ours would break a client that was written for the first. */

type Json = { readonly [key: string]: unknown } | readonly unknown[] | string | number | boolean | null | undefined;

function child(value: Json, ...path: readonly string[]): Json {
  let at: Json = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || Array.isArray(at)) return undefined;
    at = (at as { readonly [key: string]: unknown })[key] as Json;
  }
  return at;
}

const keys = (value: Json): string[] =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];

/** Fields of an answer that are gone, also inside lists and objects. */
function lostFields(before: Json, after: Json, place: string): string[] {
  const own = keys(child(before, "properties")).flatMap((name) =>
    child(after, "properties", name) === undefined
      ? [`${place}.${name} is gone from the answer`]
      : lostFields(child(before, "properties", name), child(after, "properties", name), `${place}.${name}`),
  );
  const items =
    child(before, "items") === undefined ? [] : lostFields(child(before, "items"), child(after, "items"), `${place}[]`);
  return [...own, ...items];
}

/** Fields of a request that must be sent now and needed not before. */
function newDuties(before: Json, after: Json, place: string): string[] {
  const required = (value: Json): string[] => (child(value, "required") as string[] | undefined) ?? [];
  const known = new Set(required(before));
  const own = required(after)
    .filter((name) => !known.has(name))
    .map((name) => `${place}.${name} must be sent now`);
  const gone = keys(child(before, "properties"))
    .filter((name) => child(after, "properties") !== undefined && child(after, "properties", name) === undefined)
    .map((name) => `${place}.${name} is not accepted any more`);
  return [...own, ...gone];
}

function bodyOf(operation: Json): Json {
  return child(operation, "requestBody", "content", "application/json", "schema");
}

function answerOf(operation: Json): Json {
  const status = keys(child(operation, "responses")).find((key) => key.startsWith("2"));
  return status === undefined
    ? undefined
    : child(operation, "responses", status, "content", "application/json", "schema");
}

/**
 * Lines that say what a client of `before` would trip over in `after`; empty when nothing.
 *
 * @example
 * ```ts
 * breakingChanges(openApiDocument("1"), openApiDocument("2")); // []
 * ```
 */
export function breakingChanges(before: unknown, after: unknown): string[] {
  const old = before as Json;
  const now = after as Json;
  return keys(child(old, "paths")).flatMap((path) =>
    keys(child(old, "paths", path)).flatMap((method) => {
      const was = child(old, "paths", path, method);
      const is = child(now, "paths", path, method);
      const place = `${method.toUpperCase()} ${path}`;
      if (is === undefined) return [`${place} is gone`];
      return [...newDuties(bodyOf(was), bodyOf(is), place), ...lostFields(answerOf(was), answerOf(is), place)];
    }),
  );
}
