import { AsyncLocalStorage } from "node:async_hooks";

/** Thrown instead of a call whose claim another process took over while it waited for its turn: nothing was sent. */
export class TakenOver extends Error {
  override readonly name = "TakenOver";
}

const claim = new AsyncLocalStorage<() => boolean>();

/** Runs calls that may only be made while `stillMine` says so; each is checked when its turn has come. */
export const fenced = <T>(stillMine: () => boolean, calls: () => Promise<T>): Promise<T> => claim.run(stillMine, calls);

/** Called right before a call is sent. @throws TakenOver */
export function requireClaim(): void {
  if (claim.getStore()?.() === false) throw new TakenOver("Another process may have taken over what this one claimed.");
}
