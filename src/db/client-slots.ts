import type postgres from "postgres";

/** One connection: a driver's pool of one, which is thrown away as soon as its connection closes. */
export interface Slot {
  readonly sql: postgres.Sql;
  closed: boolean;
}

/** A place in the queue for a slot. */
export interface Turn {
  /** Resolves when it is this one's turn. */
  readonly slot: Promise<Slot>;
  /** Leaves the queue; true when the turn had not come yet, so nothing was sent. */
  leave(): boolean;
}

/** At most `max` connections, each for one statement at a time, none used again after it broke. */
export interface Slots {
  turn(): Turn;
  giveBack(slot: Slot): void;
  /** Closes the connection without waiting for it, and makes room for another. */
  throwAway(slot: Slot): void;
  /** Lets running statements finish for at most `timeoutS` seconds, then closes everything. */
  end(timeoutS: number): Promise<void>;
}

/**
 * The driver keeps a connection's object and reconnects it after a close. That is where statements hung and leftovers were sent
 * to the server: bytes and a timer of the time before the close stay behind in the object. Here a closed one is dropped.
 */
export function createSlots(max: number, open: (onClose: () => void) => postgres.Sql): Slots {
  const all = new Set<Slot>();
  const idle: Slot[] = [];
  const queue: { take(slot: Slot): void }[] = [];

  const openSlot = (): Slot => {
    const slot: Slot = { closed: false, sql: open(() => onClose(slot)) };
    all.add(slot);
    return slot;
  };

  const onClose = (slot: Slot) => {
    slot.closed = true;
    const at = idle.indexOf(slot);
    if (at < 0) return;
    idle.splice(at, 1);
    all.delete(slot);
  };

  const serveNext = (slot?: Slot) => {
    const next = queue.shift();
    if (next) next.take(slot ?? openSlot());
    else if (slot) idle.push(slot);
  };

  const throwAway = (slot: Slot) => {
    if (!all.delete(slot)) return;
    void slot.sql.end({ timeout: 0 }).catch(() => {});
    serveNext();
  };

  return {
    turn: () => {
      const ready = idle.pop() ?? (all.size < max ? openSlot() : undefined);
      if (ready) return { slot: Promise.resolve(ready), leave: () => false };
      let waiter = { take: (_: Slot) => {} };
      const slot = new Promise<Slot>((resolve) => {
        waiter = { take: resolve };
      });
      queue.push(waiter);
      const leave = () => {
        const at = queue.indexOf(waiter);
        if (at >= 0) queue.splice(at, 1);
        return at >= 0;
      };
      return { slot, leave };
    },
    giveBack: (slot) => {
      if (slot.closed) throwAway(slot);
      else serveNext(slot);
    },
    throwAway,
    end: async (timeoutS) => {
      await Promise.all([...all].map(({ sql }) => sql.end({ timeout: timeoutS }).catch(() => {})));
    },
  };
}
