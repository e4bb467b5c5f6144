import type { CommandOrigin } from "../../domain/events/origin.js";
import type { Payload } from "./envelope.js";
import { packBody } from "./kept-body.js";

/** What shows that a request came from Slack: its signature, which was verified, or the envelope that it came in. */
export type RequestProof =
  | { readonly timestamp: string; readonly signature: string; readonly body: string }
  | { readonly envelope: string };

/** Where one request came from, for what is recorded because of it. */
export class RequestOrigin {
  readonly #proof: RequestProof;

  constructor(proof: RequestProof) {
    this.#proof = proof;
  }

  /**
   * The origin of the command that follows from this payload. Whatever we show of a bypass stands beside its name, and
   * neither of Slack's encodings changes a name, so the names in the body are those of all bypasses whose texts it may hold.
   */
  of(payload: Payload): CommandOrigin {
    const proof = this.#proof;
    // An envelope's id holds nothing of what was typed or shown.
    if ("envelope" in proof)
      return { origin: { via: "socket-envelope", id: proof.envelope }, shows: [], isTyped: false };
    const { timestamp, signature, body } = proof;
    const named = body.matchAll(/(?:BG|REV)-([1-9]\d{0,8})/g);
    return {
      origin: { via: "slack-request", timestamp, signature, deflated: packBody(body) },
      shows: [...new Set([...named].map(([, digits]) => Number(digits)))],
      isTyped: payload.type !== "block_actions",
    };
  }
}
