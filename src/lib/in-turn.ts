/** Runs work one after the other per key; different keys do not wait for each other. */
export type InTurn = <T>(key: number, work: () => Promise<T>) => Promise<T>;

/** Keeps only keys that have work under way. */
export function createInTurn(): InTurn {
  const last = new Map<number, Promise<unknown>>();
  return <T>(key: number, work: () => Promise<T>): Promise<T> => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, turn);
    const forget = (): void => {
      if (last.get(key) === turn) last.delete(key);
    };
    turn.then(forget, forget);
    return turn;
  };
}
