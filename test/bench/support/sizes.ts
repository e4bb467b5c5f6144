/** `BREAKGLASS_BENCH_<NAME>`, for shorter and longer forms than the usual one. */
export function sizeOf(name: string, usual: number): number {
  const given = Number(process.env[`BREAKGLASS_BENCH_${name}`] ?? usual);
  if (!Number.isFinite(given) || given <= 0) throw new Error(`BREAKGLASS_BENCH_${name} must be a number above 0.`);
  return given;
}

/** How often each arm has its turn. */
export const rounds = (usual = 5): number => sizeOf("ROUNDS", usual);
