/** Runs the work of one key one at a time. Different keys do not wait for each other. */
export type InTurn = <T>(key: number, work: () => Promise<T>) => Promise<T>;

/** Holds only keys with pending work. */
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
