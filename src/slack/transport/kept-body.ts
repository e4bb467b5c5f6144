import { deflateRawSync, inflateRawSync } from "node:zlib";
import { PORT_LIMITS } from "./limits.js";

/**
 * Packs the body of a request to be kept beside the trail. It is done here and not by the database, because there every
 * writer would wait for it.
 */
export const packBody = (body: string): string => deflateRawSync(body).toString("base64");

/** The body that {@link packBody} packed; `null` for anything else, and for more than a request may have. */
export function unpackBody(packed: string): Buffer | null {
  try {
    return inflateRawSync(Buffer.from(packed, "base64"), { maxOutputLength: PORT_LIMITS.bodyBytes });
  } catch {
    return null;
  }
}
