/** Tells whoever listens that something has happened. */
export interface Signal {
  fire(): void;
  listen(listener: () => void): void;
}

/** A signal that nobody listens to yet. */
export function createSignal(): Signal {
  const listeners: (() => void)[] = [];
  return {
    fire: () => {
      for (const listener of listeners) listener();
    },
    listen: (listener) => void listeners.push(listener),
  };
}
