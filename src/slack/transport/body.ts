import type { IncomingMessage } from "node:http";
import type { PortLimits } from "./limits.js";

export type ReadBody =
  | { readonly kind: "read"; readonly body: Buffer }
  | { readonly kind: "too_large" }
  /** The sender disconnected before the end, or was given up. */
  | { readonly kind: "broken" };

interface Reading {
  readonly request: IncomingMessage;
  held: number;
}

/**
 * Reads the bodies of requests. Nobody has shown a signature yet, so what all of them hold together is bounded: when it gets
 * too much, the largest is given up.
 */
export class Bodies {
  readonly #limits: PortLimits;
  readonly #giveUp: (request: IncomingMessage) => void;
  readonly #readings = new Set<Reading>();
  #held = 0;

  /** @param giveUp closes the connection of a request */
  constructor(limits: PortLimits, giveUp: (request: IncomingMessage) => void) {
    this.#limits = limits;
    this.#giveUp = giveUp;
  }

  /**
   * Reads one body, and keeps nothing of one that is larger than `limit` bytes. The rest of that is discarded, and given up
   * if it is far too large.
   */
  read(request: IncomingMessage, limit: number): Promise<ReadBody> {
    const reading: Reading = { request, held: 0 };
    this.#readings.add(reading);
    return new Promise<ReadBody>((resolve) => {
      let chunks: Buffer[] = [];
      let size = 0;
      request.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size <= limit) chunks.push(chunk);
        else chunks = [];
        this.#hold(reading, size <= limit ? size : 0);
        if (size > limit + this.#limits.discardedBytes) this.#giveUp(request);
      });
      request.on("end", () =>
        resolve(size > limit ? { kind: "too_large" } : { kind: "read", body: Buffer.concat(chunks) }),
      );
      request.on("error", () => resolve({ kind: "broken" }));
      request.on("close", () => resolve({ kind: "broken" }));
    }).finally(() => this.#forget(reading));
  }

  #hold(reading: Reading, bytes: number): void {
    if (!this.#readings.has(reading)) return;
    this.#held += bytes - reading.held;
    reading.held = bytes;
    if (this.#held <= this.#limits.heldBodyBytes) return;
    const largest = [...this.#readings].reduce((most, other) => (other.held > most.held ? other : most), reading);
    this.#forget(largest);
    this.#giveUp(largest.request);
  }

  #forget(reading: Reading): void {
    if (!this.#readings.delete(reading)) return;
    this.#held -= reading.held;
    reading.held = 0;
  }
}
