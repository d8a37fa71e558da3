/**
 * What runs inside a report: theme, sorting, saving. Carried as text, so the function uses nothing from outside its body.
 */

/** What the function below is given in the report. */
export interface ReportRuntimeTools {
  readonly standaloneSvgText: (svg: SVGSVGElement, propertyValue: (property: string) => string) => string;
}

/** Runs once in the report. Everything works without it except sorting, saving and the theme button. */
export function reportRuntime({ standaloneSvgText }: ReportRuntimeTools): void {
  const root = document.documentElement;

  function save(blob: Blob, name: string): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async function savePng(svgText: string, svg: SVGSVGElement, name: string): Promise<void> {
    const scale = 2;
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Number(svg.getAttribute("width")) * scale;
    canvas.height = Number(svg.getAttribute("height")) * scale;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => {
      if (blob !== null) save(blob, name);
    }, "image/png");
  }

  function saveFrom(button: HTMLButtonElement): void {
    const box = button.closest<HTMLElement>("[data-name]");
    if (box === null) return;
    const name = box.dataset.name ?? "data";
    const kind = button.dataset.save;
    if (kind === "csv") {
      const csv: string = JSON.parse(box.querySelector("script.csv")?.textContent ?? '""');
      save(new Blob([csv], { type: "text/csv;charset=utf-8" }), `${name}.csv`);
      return;
    }
    // The wide drawing is what is saved, also on a phone.
    const svg = box.querySelector<SVGSVGElement>(".drawing.wide > svg");
    if (svg === null) return;
    const text = standaloneSvgText(svg, (property) => getComputedStyle(root).getPropertyValue(property));
    if (kind === "svg") save(new Blob([text], { type: "image/svg+xml" }), `${name}.svg`);
    else void savePng(text, svg, `${name}.png`);
  }

  function sortBy(button: HTMLButtonElement): void {
    const head = button.closest("th");
    const body = head?.closest("table")?.tBodies[0];
    if (!head || !body) return;
    const numeric = head.classList.contains("end");
    // Numbers are mostly read from the largest, names from the first.
    const first = numeric ? "descending" : "ascending";
    const second = numeric ? "ascending" : "descending";
    const order = head.getAttribute("aria-sort") === first ? second : first;
    for (const other of head.parentElement?.children ?? []) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const rows = [...body.rows].map((row) => ({ row, value: row.cells[head.cellIndex]?.dataset.value ?? "" }));
    rows.sort((a, b) => {
      // Rows without a value stay last in both orders.
      if (a.value === "" || b.value === "") return Number(a.value === "") - Number(b.value === "");
      return (
        sign * (numeric ? Number(a.value) - Number(b.value) : a.value.localeCompare(b.value, "en", { numeric: true }))
      );
    });
    body.append(...rows.map(({ row }) => row));
  }

  // One listener for the whole page: a report's own script may write tables and figures anew.
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button === null) return;
    if (button.dataset.save !== undefined) saveFrom(button);
    else if (button.matches("th button.sort")) sortBy(button);
  });

  const themeButton = document.querySelector<HTMLButtonElement>("button[data-theme-switch]");
  if (themeButton !== null) {
    themeButton.hidden = false;
    const darkNow = (): boolean =>
      root.dataset.theme === undefined
        ? matchMedia("(prefers-color-scheme: dark)").matches
        : root.dataset.theme === "dark";
    const label = (): void => {
      themeButton.textContent = darkNow() ? "Light" : "Dark";
      themeButton.setAttribute("aria-label", `Switch to ${darkNow() ? "light" : "dark"} colours`);
    };
    themeButton.addEventListener("click", () => {
      root.dataset.theme = darkNow() ? "light" : "dark";
      label();
    });
    label();
  }
}
