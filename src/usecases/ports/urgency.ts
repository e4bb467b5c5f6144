import { AsyncLocalStorage } from "node:async_hooks";

/**
 * How soon the calls of some work are needed, most urgent first: a person waits for the answer; the channel is told
 * (alert, decision); somebody is asked to decide; one of many direct messages; upkeep that nobody waits for.
 */
export const URGENCIES = ["person", "channel", "page", "direct", "upkeep"] as const;
/** One of {@link URGENCIES}. */
export type Urgency = (typeof URGENCIES)[number];

const current = new AsyncLocalStorage<Urgency>();

/** Runs the work, and everything that it starts, with this urgency. */
export const withUrgency = <T>(urgency: Urgency, work: () => T): T => current.run(urgency, work);

/** The urgency of the work under way. A person waits, unless somebody says otherwise. */
export const urgencyNow = (): Urgency => current.getStore() ?? "person";
