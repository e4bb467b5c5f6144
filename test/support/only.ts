/**
 * A partial fake: holds only what the test expects to be used, and throws with the name of anything else. An interface
 * that grows breaks no unrelated test.
 */
export function only<T extends object>(part: Partial<T>): T {
  return new Proxy(part, {
    get: (target, name) => {
      if (Reflect.has(target, name)) return Reflect.get(target, name);
      throw new Error(`${String(name)} must not be used in this test.`);
    },
  }) as T;
}
