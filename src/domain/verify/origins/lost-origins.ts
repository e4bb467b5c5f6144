import type { OpenedBody } from "../../events/body.js";

/** An act that lost its origin, and no redaction says that it was proven before. */
export interface UnprovenAct {
  readonly seq: number;
  /** The entry of the redaction. */
  readonly by: number;
  /** When it was recorded and when its origin was removed (ISO), if the bot's signing secret may have been replaced in between. */
  readonly ifReplaced: { readonly from: string; readonly until: string } | null;
}

/** Follows the acts whose origins are gone. */
export interface LostOrigins {
  /** An act without its origin. Its time is ISO. */
  act(seq: number, at: string): void;
  /** A redaction, with every entry whose origin it removed. */
  redaction(by: { readonly seq: number } & Pick<OpenedBody, "event" | "at">, removed: readonly number[]): void;
  /** How many of the acts a redaction lists as proven. */
  proven(): number;
  /** The positions of the others, oldest first. */
  positions(): readonly number[];
  /** Those of the others whose redaction was seen. */
  unproven(): readonly UnprovenAct[];
}

/**
 * Creates it. A redaction by a bot with another secret than that of the act cannot prove it. But where it proves an act that is
 * as old or older, its secret was that of the later act, too.
 */
export function createLostOrigins(): LostOrigins {
  const acts = new Map<number, string>();
  const provenActs = new Set<number>();
  const unproven: UnprovenAct[] = [];

  return {
    act: (seq, at) => acts.set(seq, at),
    redaction: ({ seq: by, event, at: until }, removed) => {
      if (event.type !== "text.redacted") return;
      const listed = new Set(event.provenOrigins);
      const times = removed.flatMap((seq) => (listed.has(seq) ? (acts.get(seq) ?? []) : []));
      const oldest = times.sort()[0];
      for (const seq of removed) {
        const from = acts.get(seq);
        if (from === undefined) continue;
        if (listed.has(seq)) provenActs.add(seq);
        else unproven.push({ seq, by, ifReplaced: oldest !== undefined && oldest <= from ? null : { from, until } });
      }
    },
    proven: () => provenActs.size,
    positions: () => [...acts.keys()].filter((seq) => !provenActs.has(seq)),
    unproven: () => unproven,
  };
}
