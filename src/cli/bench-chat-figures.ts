/** The middle of the values; the mean of the two middle ones. @throws Error without values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @param share in [0, 1]; values between two samples are interpolated. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new Error("no values to rank");
  return below + (above - below) * (position - Math.floor(position));
}

/** One wave of one target, as measured. */
export type WaveFigures = {
  readonly firstTokenMsP50: number;
  readonly firstTokensMs: readonly number[];
  readonly cpuMsPerChunk: number;
  readonly databaseCpuMsPerMessage: number;
};

/** One line of the table. */
export type LevelFigures = {
  readonly name: string;
  readonly rounds: number;
  readonly samples: number;
  readonly ours: TargetFigures;
  readonly plain: TargetFigures | null;
  readonly added: { readonly firstTokenMs: number; readonly cpuMsPerChunk: number } | null;
  readonly databaseCpuMsPerMessage: number;
};

type TargetFigures = {
  readonly firstTokenMsP50: number;
  readonly firstTokenMsP95: number;
  readonly cpuMsPerChunk: number;
};

/**
 * Medians over the rounds; p95 over all streams. What we add is the median of the rounds'
 * differences, each between two waves that ran one right after the other.
 */
export function summarise(
  name: string,
  ours: readonly WaveFigures[],
  plain: readonly WaveFigures[],
): LevelFigures {
  const differences = ours.flatMap((wave, round) => {
    const other = plain[round];
    if (other === undefined) return [];
    return [
      {
        firstTokenMs: wave.firstTokenMsP50 - other.firstTokenMsP50,
        cpuMsPerChunk: wave.cpuMsPerChunk - other.cpuMsPerChunk,
      },
    ];
  });
  return {
    name,
    rounds: ours.length,
    samples: ours.flatMap((wave) => wave.firstTokensMs).length,
    ours: targetOf(ours),
    plain: plain.length === 0 ? null : targetOf(plain),
    added:
      differences.length === 0
        ? null
        : {
            firstTokenMs: median(differences.map((one) => one.firstTokenMs)),
            cpuMsPerChunk: median(differences.map((one) => one.cpuMsPerChunk)),
          },
    databaseCpuMsPerMessage: median(ours.map((wave) => wave.databaseCpuMsPerMessage)),
  };
}

function targetOf(waves: readonly WaveFigures[]): TargetFigures {
  return {
    firstTokenMsP50: median(waves.map((wave) => wave.firstTokenMsP50)),
    firstTokenMsP95: quantile(
      waves.flatMap((wave) => wave.firstTokensMs),
      0.95,
    ),
    cpuMsPerChunk: median(waves.map((wave) => wave.cpuMsPerChunk)),
  };
}

const columns = [
  ...["streams", "first token, plain p50/p95", "ours p50/p95", "added p50"],
  ...["CPU/chunk plain", "ours", "added", "PostgreSQL CPU/message"],
];

/** The table for people; ms of first tokens, µs of CPU per chunk. */
export function tableOf(levels: readonly LevelFigures[]): string {
  const rows = levels.map(({ name, ours, plain, added, databaseCpuMsPerMessage }) => [
    name,
    plain === null ? "-" : `${ms(plain.firstTokenMsP50)} / ${ms(plain.firstTokenMsP95)}`,
    `${ms(ours.firstTokenMsP50)} / ${ms(ours.firstTokenMsP95)}`,
    added === null ? "-" : `${ms(added.firstTokenMs)} ms`,
    plain === null ? "-" : micro(plain.cpuMsPerChunk),
    micro(ours.cpuMsPerChunk),
    added === null ? "-" : micro(added.cpuMsPerChunk),
    `${ms(databaseCpuMsPerMessage)} ms`,
  ]);
  return alignColumns([columns, ...rows]);
}

export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "),
  );
  return lines.map((line) => line.trimEnd()).join("\n");
}

const ms = (value: number) => value.toFixed(2);
const micro = (value: number) => `${(value * 1000).toFixed(0)} µs`;
