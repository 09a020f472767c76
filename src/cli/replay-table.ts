import { formatVnd } from "@/domain/money/format-vnd.ts";
import type { ReplayLine, ReplayReport } from "@/features/chat/replay-report.ts";

const HEADINGS = [
  "label",
  "decisions",
  "changed",
  "refused",
  "₫ before",
  "₫ after",
  "quality before",
  "quality after",
] as const;

/** A replay as people read it: the table by label, what differs, and the verdict as its last line. */
export function replayTable({ decisions, differences, examples, lines }: ReplayReport): string {
  const rows = [HEADINGS, ...lines.map(cellsOf)];
  const widths = HEADINGS.map((_, column) =>
    Math.max(...rows.map((row) => [...(row[column] ?? "")].length)),
  );
  const table = rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  "),
  );
  return [
    ...(lines.length === 0 ? [] : [...table, ""]),
    ...examples,
    `${decisions} decisions, ${differences} differences`,
  ].join("\n");
}

function cellsOf(line: ReplayLine): readonly string[] {
  return [
    line.label,
    String(line.decisions),
    String(line.changed),
    String(line.refused),
    formatVnd(line.costBeforeMicroVnd),
    formatVnd(line.costAfterMicroVnd),
    line.qualityBefore.toFixed(4),
    line.qualityAfter.toFixed(4),
  ];
}
