/** The most values to remember of one owner; beyond that, all of them are computed anew. */
const MOST_REMEMBERED = 20_000;

/**
 * Remembers what follows from an owner and a key alone and takes long to compute, as long as the owner is in use. A
 * verification asks for the same days and people again and again.
 */
export function memoisePerOwner<Value>(): (owner: object, key: string, compute: () => Value) => Value {
  const owners = new WeakMap<object, Map<string, Value>>();
  return (owner, key, compute) => {
    let known = owners.get(owner);
    if (known === undefined) {
      known = new Map();
      owners.set(owner, known);
    }
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const value = compute();
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(key, value);
    return value;
  };
}
