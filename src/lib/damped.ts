type Write = (event: string, fields: Record<string, unknown>) => void;

/** Writes the first line of a kind at once and then at most one in a while, which says how many there were. */
export interface Damped {
  /** `kind` tells lines of different cause apart. */
  write(kind: string, event: string, fields: Record<string, unknown>): void;
  /** Writes what was held back. */
  flush(): void;
  /** Drops what was held back, because it is over. The next line of each kind is written at once. */
  forget(): void;
}

/** Long enough that a flood is a few lines, short enough that its end is seen. */
const EVERY_MS = 60_000;
/** Kinds come from a closed list. Should they not, the oldest are forgotten. */
const MAX_KINDS = 100;

/**
 * What happens again and again must not fill the log: requests that anybody can send to a public port, the errors of a
 * server that is away. Lines within a minute are counted, and told in one line with `count` when the minute is over.
 */
export function createDamped(write: Write, everyMs: number = EVERY_MS): Damped {
  const held = new Map<
    string,
    { count: number; event: string; fields: Record<string, unknown>; timer: NodeJS.Timeout }
  >();
  const drop = (kind: string): void => {
    clearTimeout(held.get(kind)?.timer);
    held.delete(kind);
  };
  const release = (kind: string): void => {
    const one = held.get(kind);
    drop(kind);
    if (one !== undefined && one.count > 0) write(one.event, { ...one.fields, count: one.count });
  };
  const hold = (kind: string, event: string, fields: Record<string, unknown>): void => {
    const isOver = (): void => {
      const one = held.get(kind);
      release(kind);
      // It goes on, so its next line waits as well.
      if (one !== undefined && one.count > 0) hold(kind, one.event, one.fields);
    };
    held.set(kind, { count: 0, event, fields, timer: setTimeout(isOver, everyMs).unref() });
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
      hold(kind, event, fields);
      write(event, fields);
    },
    flush: () => {
      for (const kind of [...held.keys()]) release(kind);
    },
    forget: () => {
      for (const kind of [...held.keys()]) drop(kind);
    },
  };
}
