import { sha256Hex } from "../events/canonical.js";
import type { UseEvent } from "../events/catalogue/use.js";

/** What of a pipeline and its question goes on record with a yes. */
export type Used = Omit<UseEvent, "type" | "token"> & {
  /** The token's own id, which is recorded as a hash: it may identify a person or be guessed from. */
  readonly tokenId: string;
};

/** The event of a use. */
export function eventOfUse({ tokenId, ...used }: Used): UseEvent {
  return { type: "grant.used", ...used, token: sha256Hex(tokenId) };
}

/** The id of the command that records a use: the same run uses a grant once for each gate, however often it asks. */
export function commandIdOfUse({ grant, gate, run, issuer }: Pick<Used, "grant" | "gate" | "run" | "issuer">): string {
  return `use:${grant}:${sha256Hex(JSON.stringify([issuer, run, gate]))}`;
}
