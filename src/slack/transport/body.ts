import type { IncomingMessage } from "node:http";

/** The largest accepted request body, in bytes. Our modals are far smaller. */
export const BODY_LIMIT_BYTES = 256 * 1024;

export type ReadBody =
  | { readonly kind: "read"; readonly body: Buffer }
  | { readonly kind: "too_large" }
  /** The sender disconnected before the end. */
  | { readonly kind: "broken" };

/** How much of an oversized body is read and discarded, in bytes, so that its sender still gets the answer. */
const DISCARD_LIMIT_BYTES = 8 * 1024 * 1024;

/** Reads the body of a request. Keeps nothing of a body larger than `limit` bytes. */
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
