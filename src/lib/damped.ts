type Write = (event: string, fields: Record<string, unknown>) => void;

/** Writes the first line of a kind at once and then at most one in a while, which says how many there were. */
export interface Damped {
  /** `kind` tells lines of different cause apart. */
  write(kind: string, event: string, fields: Record<string, unknown>): void;
  /** Writes what was held back. */
  flush(): void;
}

/** Long enough that a flood is a few lines, short enough that its end is seen. */
const EVERY_MS = 60_000;
/** Kinds come from a closed list. Should they not, the oldest are forgotten. */
const MAX_KINDS = 100;

/**
 * Anybody can send requests to a public port, and each refused one must not fill the log. Lines within a minute of the
 * first are counted, and told in one line with `count` when the minute is over.
 */
export function createDamped(write: Write, everyMs: number = EVERY_MS): Damped {
  const held = new Map<
    string,
    { count: number; event: string; fields: Record<string, unknown>; timer: NodeJS.Timeout }
  >();
  const release = (kind: string): void => {
    const one = held.get(kind);
    if (one === undefined) return;
    clearTimeout(one.timer);
    held.delete(kind);
    if (one.count > 0) write(one.event, { ...one.fields, count: one.count });
  };
  return {
    write: (kind, event, fields) => {
      const before = held.get(kind);
      if (before !== undefined) {
        before.count += 1;
        before.fields = fields;
        return;
      }
      const [oldest] = held.keys();
      if (held.size >= MAX_KINDS && oldest !== undefined) release(oldest);
      held.set(kind, { count: 0, event, fields, timer: setTimeout(() => release(kind), everyMs).unref() });
      write(event, fields);
    },
    flush: () => {
      for (const kind of [...held.keys()]) release(kind);
    },
  };
}
