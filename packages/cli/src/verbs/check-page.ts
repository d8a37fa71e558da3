/** `check.html`: findings, the table of cases with thumbnails, in one file. */
import { crc32, deflateSync } from "node:zlib";
import type { CaseFacts, CheckReport, Finding, Thumbnail } from "@segathlon/dataset";
import { bytesText, type Html, html, reportShell, tableHtml } from "@segathlon/plots";

/** Thumbnails beyond this number would make the page heavy; cases with findings come first. */
const maxThumbnails = 400;

/** The page. `facts` carry the thumbnails that `check.json` leaves out. */
export function checkPage(report: CheckReport, facts: readonly CaseFacts[], version: string): string {
  const { dataset, summary, findings } = report;
  return reportShell({
    title: `Check of ${dataset.name}`,
    subtitle: summaryText(report),
    facts: [
      ["format", dataset.format],
      [
        "cases",
        Object.entries(dataset.bySplit)
          .map(([split, n]) => `${n} ${split}`)
          .join(", "),
      ],
      ["channels", dataset.channels.join(", ") || "not stated"],
      ["labels", dataset.labels.map((label) => `${label.value} ${label.name}`).join(", ") || "not stated"],
      ["licence", [...new Set(dataset.licences.map((one) => one.value))].join("; ") || "not stated"],
      ["findings", `${summary.errors} errors, ${summary.warnings} warnings, ${summary.notes} notes`],
    ],
    sections: [
      { id: "findings", title: "Findings", body: findingsTable(findings, facts) },
      { id: "pictures", title: "Pictures", body: pictures(facts, findings) },
      { id: "cases", title: "Cases", body: casesTable(facts, findings) },
    ],
    footer: `segathlon check ${version}`,
  });
}

/** One sentence for title lines and the terminal. */
export function summaryText({ summary, dataset }: CheckReport): string {
  const { errors, warnings, notes } = summary;
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;
  if (errors + warnings + notes === 0) return `${dataset.cases} cases, no finding`;
  return `${dataset.cases} cases: ${count(errors, "error")}, ${count(warnings, "warning")}, ${count(notes, "note")}`;
}

/** Sentences are broken, names are not. */
function sentence(text: string): Html {
  return html`<span style="display:block;white-space:normal;min-width:22ch;max-width:56ch;overflow-wrap:anywhere">${text}</span>`;
}

function findingsTable(findings: readonly Finding[], facts: readonly CaseFacts[]): Html {
  const pictured = new Set(facts.filter((one) => one.thumbnail !== undefined).map((one) => one.id));
  return tableHtml({
    id: "finding-table",
    caption: "Findings, gravest first",
    whenEmpty: "Nothing was found. The dataset is ready for statistics and packaging.",
    rows: findings,
    columns: [
      { key: "severity", label: "Severity", align: "start", value: (row) => row.severity },
      {
        key: "name",
        label: "Finding",
        align: "start",
        value: (row) => row.name,
        explanation: "The name that --fix takes, where a fix exists",
      },
      {
        key: "case",
        label: "Case",
        align: "start",
        value: (row) => row.case ?? null,
        cell: (row) =>
          row.case === undefined
            ? "–"
            : !pictured.has(row.case)
              ? row.case
              : html`<a href="#picture-${anchor(row.case)}">${row.case}</a>`,
      },
      {
        key: "message",
        label: "What",
        align: "start",
        value: (row) => row.message,
        cell: (row) => sentence(row.message),
      },
      { key: "fix", label: "What to do", align: "start", value: (row) => row.fix, cell: (row) => sentence(row.fix) },
      { key: "file", label: "File", align: "start", value: (row) => row.file ?? null },
      { key: "code", label: "Code", align: "start", value: (row) => row.code },
    ],
  });
}

function anchor(id: string): string {
  return encodeURIComponent(id);
}

function pictures(facts: readonly CaseFacts[], findings: readonly Finding[]): Html {
  const flagged = new Set(
    findings.filter((one) => one.severity !== "note").flatMap((one) => [one.case ?? "", ...(one.otherCases ?? [])]),
  );
  const shown = [...facts]
    .filter((one) => one.thumbnail !== undefined)
    .sort((a, b) => Number(flagged.has(b.id)) - Number(flagged.has(a.id)))
    .slice(0, maxThumbnails);
  if (shown.length === 0) return html`<p class="empty">No image could be read.</p>`;
  const total = facts.filter((one) => one.thumbnail !== undefined).length;
  return html`<p>The slice through the middle of the labels, labels in colour${total > shown.length ? `; ${shown.length} of ${total} cases, those with findings first` : ""}. Front at the top, the patient's right at the left.</p>
<div style="display:flex;flex-wrap:wrap;gap:12px">${shown.map(
    (one) =>
      html`<figure id="picture-${anchor(one.id)}" style="margin:0;width:132px"><img alt="Middle slice of ${one.id}" loading="lazy" style="width:128px;height:128px;object-fit:contain;background:#000;border:2px solid ${flagged.has(one.id) ? "#d55e00" : "transparent"}" src="${one.thumbnail === undefined ? "" : pngDataUrl(one.thumbnail)}"><figcaption style="overflow-wrap:anywhere">${one.id}${flagged.has(one.id) ? " (see findings)" : ""}</figcaption></figure>`,
  )}</div>`;
}

function casesTable(facts: readonly CaseFacts[], findings: readonly Finding[]): Html {
  const count = new Map<string, number>();
  for (const one of findings) if (one.case !== undefined) count.set(one.case, (count.get(one.case) ?? 0) + 1);
  return tableHtml({
    id: "case-table",
    caption: "Cases",
    whenEmpty: "There are no cases.",
    rows: facts,
    columns: [
      { key: "case", label: "Case", align: "start", value: (row) => row.id },
      { key: "split", label: "Split", align: "start", value: (row) => row.split },
      { key: "findings", label: "Findings", align: "end", value: (row) => count.get(row.id) ?? 0 },
      {
        key: "shape",
        label: "Shape",
        align: "start",
        value: (row) => (row.images[0] ?? row.label)?.geometry.shape.join(" x ") ?? null,
      },
      {
        key: "spacing_mm",
        label: "Spacing (mm)",
        align: "start",
        value: (row) =>
          (row.images[0] ?? row.label)?.geometry.spacingMm.map((mm) => Number(mm.toPrecision(4))).join(" x ") ?? null,
      },
      {
        key: "orientation",
        label: "Axes",
        align: "start",
        value: (row) => (row.images[0] ?? row.label)?.orientation ?? null,
      },
      { key: "type", label: "Image type", align: "start", value: (row) => row.images[0]?.voxelType ?? null },
      { key: "label_type", label: "Label type", align: "start", value: (row) => row.label?.voxelType ?? null },
      {
        key: "labels",
        label: "Labels",
        align: "start",
        value: (row) => row.label?.labels.map((label) => label.value).join(", ") ?? null,
      },
      {
        key: "bytes",
        label: "Size",
        align: "end",
        value: (row) => row.images.reduce((sum, image) => sum + image.bytes, 0),
        cell: (row) => bytesText(row.images.reduce((sum, image) => sum + image.bytes, 0)),
      },
    ],
  });
}

/** A thumbnail as a PNG (ISO 15948, true colour, no filter) inside a data URL. */
export function pngDataUrl({ width, height, rgb }: Thumbnail): string {
  const pixels = Buffer.from(rgb, "base64");
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let row = 0; row < height; row += 1)
    pixels.copy(rows, row * (1 + 3 * width) + 1, row * 3 * width, (row + 1) * 3 * width);
  const chunk = (type: string, data: Buffer): Buffer => {
    const bytes = Buffer.alloc(12 + data.length);
    bytes.writeUInt32BE(data.length, 0);
    bytes.write(type, 4, "latin1");
    data.copy(bytes, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
    return bytes;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const png = Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${png.toString("base64")}`;
}
