/** A figure on a page: drawn at the width that is there, with its caption, legend and files. */
import { drawFigure, type Figure, standaloneSvgText } from "@segathlon/plots";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { saveBlob, saveCsv, saveText } from "../save-file.ts";

function tokenValue(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property);
}

/** The wide drawing is what is saved, whatever the screen. */
function wideSvg(figure: Figure): { text: string; width: number; height: number } {
  const svg = drawFigure(figure, document, 900);
  return {
    text: standaloneSvgText(svg, tokenValue),
    width: Number(svg.getAttribute("width")),
    height: Number(svg.getAttribute("height")),
  };
}

async function savePng(figure: Figure): Promise<void> {
  const { text, width, height } = wideSvg(figure);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * width;
  canvas.height = 2 * height;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => {
    if (blob !== null) saveBlob(blob, `${figure.name}.png`);
  }, "image/png");
}

export function FigureView({ figure }: { readonly figure: Figure }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    // Wider than this, dots drift apart and rows are hard to follow.
    if (width > 0) box.current?.replaceChildren(drawFigure(figure, document, Math.min(width, 1100)));
  }, [figure, width]);
  return (
    <figure>
      <div className="bar">
        <span className="caption">{figure.title}</span>
        <span className="tools">
          <button
            type="button"
            aria-label={`Save ${figure.title} as SVG`}
            onClick={() => saveText(wideSvg(figure).text, `${figure.name}.svg`, "image/svg+xml")}
          >
            SVG
          </button>
          <button type="button" aria-label={`Save ${figure.title} as PNG`} onClick={() => void savePng(figure)}>
            PNG
          </button>
          <button
            type="button"
            aria-label={`Save ${figure.title} as CSV`}
            onClick={() => saveCsv(figure.data, figure.name)}
          >
            CSV
          </button>
        </span>
      </div>
      {figure.legend.length > 0 && (
        <ul className="legend">
          {figure.legend.map((entry) => (
            <li key={entry.label}>
              <span className="swatch" style={{ background: entry.colour }} />
              {entry.label}
            </li>
          ))}
        </ul>
      )}
      <div className="drawing" ref={box} />
      <figcaption>{figure.description}</figcaption>
    </figure>
  );
}
