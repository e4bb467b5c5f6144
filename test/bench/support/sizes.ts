/** The value of `BREAKGLASS_BENCH_<NAME>`, for shorter or longer runs. Throws unless it is a number above 0. */
export function sizeOf(name: string, usual: number): number {
  const given = Number(process.env[`BREAKGLASS_BENCH_${name}`] ?? usual);
  if (!Number.isFinite(given) || given <= 0) throw new Error(`BREAKGLASS_BENCH_${name} must be a number above 0.`);
  return given;
}

/** The number of turns of each arm. */
export const rounds = (usual = 5): number => sizeOf("ROUNDS", usual);
