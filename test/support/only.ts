/**
 * A part of which a test gives only what is to be asked: whatever else is asked fails by name. So a part that grows breaks
 * no test that has nothing to do with it.
 */
export function only<T extends object>(given: Partial<T>): T {
  return new Proxy(given, {
    get: (part, name) => {
      if (Reflect.has(part, name)) return Reflect.get(part, name);
      throw new Error(`${String(name)} was not to be asked.`);
    },
  }) as T;
}
