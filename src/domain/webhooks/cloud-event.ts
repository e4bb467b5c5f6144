import { openBody } from "../events/body.js";
import { canonicalJson } from "../events/canonical.js";
import type { TrailEvent } from "../events/catalogue/catalogue.js";
import { isGateEvent } from "../events/catalogue/gate.js";
import { bypassName } from "../events/names.js";

/** An entry as it is sent: its position, the short head after it, and its body as it is in the trail. */
export interface SentEntry {
  readonly seq: number;
  /** The first 24 hex digits of the hash of this entry. */
  readonly head: string;
  /** The bypass whose stream it is in; `null` in the system's. */
  readonly n: number | null;
  /** Its version there; `null` in the system's. */
  readonly version: number | null;
  /** Canonical JSON. It holds structure only: texts are stored apart from it, and only their hashes are in it. */
  readonly body: string;
}

/** One delivery: what is signed and sent. */
export interface WebhookMessage {
  /** The same at every attempt and every replay, so that a receiver can drop what it has. */
  readonly id: string;
  /** A CloudEvent in JSON. */
  readonly payload: string;
}

/** The media type of a CloudEvent in structured mode. */
export const CLOUD_EVENT_TYPE = "application/cloudevents+json; charset=utf-8";

/**
 * Makes the CloudEvent (1.0, structured mode) of an entry. The hash stands in the id: after a backup was restored,
 * positions are given again, to other entries. The body goes in as it is stored, so that a receiver can compute its hash.
 * @param installation twelve hex digits that identify this trail
 * @throws UnreadableBody for an entry that this release would not have written
 */
export function cloudEventOf({ seq, head, body }: SentEntry, installation: string): WebhookMessage {
  const { event, at, n } = openBody(body);
  const subject = subjectOf(n, event);
  const id = `${seq}-${head}`;
  const attributes = canonicalJson({
    specversion: "1.0",
    id,
    source: `urn:breakglass:${installation}`,
    type: `breakglass.${event.type}`,
    ...(subject === null ? {} : { subject }),
    time: at,
    datacontenttype: "application/json",
  });
  const data = `{"entry":${body},"head":${JSON.stringify(head)},"seq":${seq}}`;
  return { id, payload: `{"data":${data},${attributes.slice(1)}` };
}

/** The bypass or the gate that an event is about. */
function subjectOf(n: number | null, event: TrailEvent): string | null {
  if (n !== null) return bypassName(n);
  if (event.type === "grant.used") return bypassName(event.grant);
  return isGateEvent(event) ? event.gate : null;
}
