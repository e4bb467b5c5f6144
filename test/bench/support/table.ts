import type { Figure } from "./figures.js";

const HEADS = ["part", "what", "target", "measured", "A/A", "", "what bounds it"] as const;

const cells = (line: Figure): readonly string[] => [
  line.part,
  line.what,
  line.target,
  line.measured,
  line.noise ?? "-",
  line.verdict,
  line.bound,
];

/** The table for a terminal. The last column is not padded. */
export function plainTable(figures: readonly Figure[]): string {
  const rows = [HEADS, ...figures.map(cells)];
  const widths = HEADS.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, at) => (at === HEADS.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join("  "))
    .join("\n");
}

export function markdownTable(figures: readonly Figure[]): string {
  const line = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(HEADS), line(HEADS.map(() => "---")), ...figures.map((one) => line(cells(one)))].join("\n");
}
