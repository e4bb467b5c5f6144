import type { IncomingMessage } from "node:http";

/** The largest request body that is read, in bytes. A modal of ours is far below it. */
export const BODY_LIMIT_BYTES = 256 * 1024;

export type ReadBody =
  | { readonly kind: "read"; readonly body: Buffer }
  | { readonly kind: "too_large" }
  /** The sender went away before the end. */
  | { readonly kind: "broken" };

/** What is read and thrown away of a body that is too large, so that its sender gets to see the answer. */
const DISCARD_LIMIT_BYTES = 8 * 1024 * 1024;

/** Reads a request's body. Of one larger than `limit` bytes nothing is kept. */
export function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else chunks = [];
      if (size > DISCARD_LIMIT_BYTES) request.destroy();
    });
    request.on("end", () =>
      resolve(size > limit ? { kind: "too_large" } : { kind: "read", body: Buffer.concat(chunks) }),
    );
    request.on("error", () => resolve({ kind: "broken" }));
    request.on("close", () => resolve({ kind: "broken" }));
  });
}
