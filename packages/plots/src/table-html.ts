/** Tables of reports: caption, column and row heads, units, sortable, saved as CSV. */
import { type Cell, csvText } from "./csv.ts";
import { type Html, html, scriptJson } from "./html.ts";

export interface TableColumn<Row> {
  /** Name of the column in the CSV. */
  readonly key: string;
  readonly label: string;
  /** What the column means and how it is computed; shown on hover and read out. */
  readonly explanation?: string;
  /** Address of the definition, such as `#how-dice`. */
  readonly definedAt?: string;
  /** Numbers stand at the end, words at the start. */
  readonly align: "start" | "end";
  /** What is saved and sorted by. */
  readonly value: (row: Row) => Cell;
  /** What is shown; default: the value as text, an en dash for null. */
  readonly cell?: (row: Row) => Html | string;
  /** CSS background of the cell, such as the colour of a heat table. */
  readonly shade?: (row: Row) => { readonly background: string; readonly ink: string } | null;
}

export interface TableRequest<Row> {
  /** Identifier in the page and base of the CSV's file name. */
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  /** What to say, and do next, when there is no row. */
  readonly whenEmpty: string;
}

function shown(value: Cell): string {
  return value === null ? "–" : typeof value === "number" ? String(value).replace("-", "\u2212") : value;
}

function head<Row>(column: TableColumn<Row>): Html {
  const label =
    column.definedAt === undefined
      ? html`${column.label}`
      : html`${column.label}<a class="how" href="${column.definedAt}" aria-label="How ${column.label} is computed">?</a>`;
  return html`<th scope="col" class="${column.align}" aria-sort="none"${
    column.explanation === undefined ? "" : html` title="${column.explanation}"`
  }><span class="head">${label}<button type="button" class="sort" aria-label="Sort by ${column.label}"></button></span></th>`;
}

function cells<Row>(columns: readonly TableColumn<Row>[], row: Row): Html[] {
  return columns.map((column, place) => {
    const value = column.value(row);
    const content = column.cell?.(row) ?? shown(value);
    const sortValue = html` data-value="${value === null ? "" : String(value)}"`;
    if (place === 0) return html`<th scope="row" class="${column.align}"${sortValue}>${content}</th>`;
    const shade = column.shade?.(row) ?? null;
    const style = shade === null ? "" : html` style="background:${shade.background};color:${shade.ink}"`;
    return html`<td class="${column.align}"${sortValue}${style}>${content}</td>`;
  });
}

/**
 * A table as HTML. The first column is the row head.
 *
 * @example
 * ```ts
 * tableHtml({ id: "cases", caption: "Cases", whenEmpty: "No case was scored.", rows: [{ name: "a" }],
 *   columns: [{ key: "case", label: "Case", align: "start", value: (row) => row.name }] });
 * ```
 */
export function tableHtml<Row>(request: TableRequest<Row>): Html {
  const { id, caption, columns, rows } = request;
  if (rows.length === 0) return html`<p class="empty" id="${id}">${request.whenEmpty}</p>`;
  const csv = csvText({
    columns: columns.map((column) => column.key),
    rows: rows.map((row) => columns.map((column) => column.value(row))),
  });
  return html`<div class="table" id="${id}" data-name="${id}">
<div class="bar"><span class="caption" id="${id}-caption">${caption}</span><span class="tools"><button type="button" data-save="csv" aria-label="Save ${caption} as CSV">CSV</button></span></div>
<div class="scroll" role="region" aria-labelledby="${id}-caption" tabindex="0"><table aria-labelledby="${id}-caption"><thead><tr>${columns.map(head)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${cells(columns, row)}</tr>\n`)}</tbody></table></div>
<script type="application/json" class="csv">${scriptJson(csv)}</script></div>`;
}
