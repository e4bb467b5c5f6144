/**
 * What the one port gives to its callers, all of whom may be strangers until they show a valid signature of Slack. These are
 * the only limits of the port; docs/operating/strangers.md tells them to operators, and a test compares the two.
 */
export const PORT_LIMITS = {
  /** Connections in all, at about 20 KB of memory each. Slack, a proxy and the probes need a few dozen. */
  connections: 4_000,
  /**
   * Connections of one remote address, so that no single one can hold them all. A proxy's callers share this, and several
   * hundred connections can be accepted before the first of them is read: a lower number could close one that Slack has
   * just opened.
   */
  connectionsPerAddress: 2_000,
  /** Requests of one connection that are not answered yet. Neither Slack nor a proxy sends a second one before the answer. */
  unanswered: 10,
  /** The head of a request; a larger one gets 431. Slack and a proxy together need about 2 KB. */
  headBytes: 16 * 1024,
  /** How long a head may take; Slack's is there at once. */
  headMs: 3_000,
  /** How long a whole request may take. Slack itself gives up after three seconds. */
  requestMs: 5_000,
  /** How long nothing may move on a connection that waits for an answer or takes one. Slack's is there in three seconds. */
  silentMs: 60_000,
  /** Longer than common proxies keep an idle connection: closing it first could cut off a request. */
  idleMs: 75_000,
  /** The largest body that is read. Our modals are far smaller. */
  bodyBytes: 256 * 1024,
  /** The largest body without a signature: Slack's check of a certificate, which is about 50 bytes. */
  unsignedBodyBytes: 1024,
  /** How much of a refused body is read and discarded, so that its sender still gets the answer. */
  discardedBytes: 1024 * 1024,
  /**
   * All bodies that are being read, together. When they exceed this, the largest is given up. With every connection in use
   * the largest then has more than 16 KB, so a request of Slack's usual size is never the one.
   */
  heldBodyBytes: 64 * 1024 * 1024,
  /** Events that Slack delivers at the same time. It delivers further ones again later. Commands and clicks have no such limit. */
  eventsAtOnce: 200,
} as const;

/** The limits of a port; smaller ones for tests. */
export type PortLimits = { readonly [Name in keyof typeof PORT_LIMITS]: number };
