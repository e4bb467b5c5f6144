/** The runs that tokens were used by, until each token's end. */
export interface SeenTokens {
  /**
   * Whether this run may use the token: nobody has yet, or the same run has. Remembers it until its end.
   * @param token unique among all issuers
   */
  use(token: string, run: string, endsAtMs: number, nowMs: number): boolean;
}

/** Some 20 MB. Only genuine tokens of bound pipelines are remembered, so strangers cannot fill it. */
const MOST = 50_000;

/**
 * Remembers in memory which run has used a token. When it is full, ended tokens make room, and then the oldest tenth:
 * that a token of another run is refused after that, and after a restart, is for the trail, which keeps every use.
 */
export function createSeenTokens(most: number = MOST): SeenTokens {
  const seen = new Map<string, { readonly run: string; readonly endsAtMs: number }>();

  const makeRoom = (nowMs: number): void => {
    for (const [token, { endsAtMs }] of seen) if (endsAtMs <= nowMs) seen.delete(token);
    if (seen.size < most) return;
    const oldest = [...seen.keys()].slice(0, Math.ceil(most / 10));
    for (const token of oldest) seen.delete(token);
  };

  return {
    use: (token, run, endsAtMs, nowMs) => {
      const before = seen.get(token);
      if (before !== undefined && before.endsAtMs > nowMs) return before.run === run;
      if (seen.size >= most) makeRoom(nowMs);
      // At the end of the order, also when an ended one of the same name was there.
      seen.delete(token);
      seen.set(token, { run, endsAtMs });
      return true;
    },
  };
}
