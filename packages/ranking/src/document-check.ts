/** Small checks of parsed JSON, for documents that come from outside: every problem is named by its dotted path. */

/** What is wrong with a document: the dotted path and what was expected there. */
export interface DocumentProblem {
  readonly field: string;
  readonly message: string;
}

export type Check = (value: unknown, field: string, problems: DocumentProblem[]) => void;

export const expected =
  (what: string, test: (value: unknown) => boolean): Check =>
  (value, field, problems) => {
    if (!test(value)) problems.push({ field, message: `expected ${what}, found ${describe(value)}` });
  };

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const text = expected("a text", (value) => typeof value === "string");
export const nullableText = expected("a text or null", (value) => value === null || typeof value === "string");
export const number = expected("a finite number", (value) => typeof value === "number" && Number.isFinite(value));
export const nullableNumber = expected(
  "a finite number or null",
  (value) => value === null || (typeof value === "number" && Number.isFinite(value)),
);
export const count = expected("a whole number from 0", (value) => Number.isInteger(value) && (value as number) >= 0);
export const pair = expected(
  "two numbers or null",
  (value) =>
    value === null || (Array.isArray(value) && value.length === 2 && value.every((item) => Number.isFinite(item))),
);
export const list =
  (item: Check): Check =>
  (value, field, problems) => {
    if (!Array.isArray(value)) problems.push({ field, message: `expected a list, found ${describe(value)}` });
    else for (const [index, entry] of value.entries()) item(entry, `${field}.${index}`, problems);
  };
export const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, field, problems) => {
    if (!isObject(value)) {
      problems.push({ field, message: `expected an object, found ${describe(value)}` });
      return;
    }
    for (const [key, check] of Object.entries(fields))
      check(value[key], field === "" ? key : `${field}.${key}`, problems);
  };
export const orNull =
  (check: Check): Check =>
  (value, field, problems) => {
    if (value !== null) check(value, field, problems);
  };
