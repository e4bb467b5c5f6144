import { defineEvent, type EventOf } from "./define.js";
import { flag, orNull, policyHash, text, whole } from "./fields.js";

/** Events of grants that pipelines use, in the stream `system`: many runs may ask at once, and none has to wait for another. */
export const useEvents = [
  defineEvent({
    type: "grant.used",
    stream: "system",
    actor: "system",
    meaning: "A pipeline was told that it may skip a gate. A run is recorded once for each gate.",
    fields: {
      grant: whole("The number of the bypass whose grant opened the gate."),
      gate: text("The gate of the policy."),
      run: text("The run that asked, such as `github:<repository id>/<run id>/<attempt>`."),
      issuer: orNull(
        text("The issuer of the token that the run showed."),
        "reserved for API tokens, which this release does not issue",
      ),
      repository: orNull(
        text("The repository or project of that token, by its id there."),
        "reserved for API tokens, which this release does not issue",
      ),
      token: text("SHA-256 of the token's own id, in hex."),
      commit: text("The commit that the run builds, in full."),
      commitProven: flag("Whether somebody but the run says so."),
      policyHash,
    },
  }),
] as const;

/** The use of a grant. */
export type UseEvent = EventOf<(typeof useEvents)[number]>;
