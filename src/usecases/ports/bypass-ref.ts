/**
 * What a button, form or thread is about. Numbers are given again after a backup was restored, so a number alone may mean
 * another bypass than the one that the message was made for. The hash of an entry cannot: it holds all entries before it.
 */
export interface CarriedBypass {
  readonly n: number;
  /** The version of the entry that is named: 1 for the declaration, else the entry that opened an action. */
  readonly at: number;
  /** The first 24 hex digits of that entry's hash. */
  readonly identity: string;
}

/** A bypass that a person named by its number, as in `/breakglass close BG-42`. */
export interface TypedBypass {
  readonly n: number;
  readonly typed: true;
}

/** Which bypass is meant. There is no third way: whatever is neither carried nor typed does not compile. */
export type BypassRef = CarriedBypass | TypedBypass;

/** The item of a gate that a button or form is about. Like a bypass, it is named by the hash of its first entry as well. */
export interface GateItemRef {
  readonly gate: string;
  readonly item: number;
  readonly identity: string;
}

/** The bypass of that number, because a person typed it. */
export const typedBypass = (n: number): TypedBypass => ({ n, typed: true });

/** The bypass whose declaration has that hash. */
export const bypassOf = ({ n, identity }: { readonly n: number; readonly identity: string }): CarriedBypass => ({
  n,
  at: 1,
  identity,
});

/** The bypass of a record. */
export function bypassOfRecord({
  n,
  entries,
}: {
  readonly n: number;
  readonly entries: readonly { readonly head: string }[];
}): CarriedBypass {
  const [declaration] = entries;
  if (declaration === undefined) throw new Error(`BG-${n} has no entries.`);
  return bypassOf({ n, identity: declaration.head });
}
