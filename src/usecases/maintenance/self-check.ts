import type { Outbox, PolicySource, Queries } from "../ports/ports.js";

/** A channel that has not heard of an open bypass by then is not being told. */
const UNHEARD_MS = 30_000;

interface ForOpen {
  readonly queries: Pick<Queries, "open">;
}

/** Is there an open bypass whose alert the channel has not had for half a minute? */
export async function alertsMissing({ queries }: ForOpen): Promise<boolean> {
  const { now, bypasses } = await queries.open();
  return bypasses.some(
    ({ alertTs, declaredAt }) => alertTs === null && now.getTime() - Date.parse(declaredAt) > UNHEARD_MS,
  );
}

interface ForPolicy {
  readonly queries: Pick<Queries, "policyOnRecord">;
  readonly policy: PolicySource;
}

/** Does the trail name another policy than the one in force here? Then another instance has another file. */
export async function policyDiffers({ queries, policy }: ForPolicy): Promise<boolean> {
  return (await queries.policyOnRecord())?.hash !== policy.current().hash;
}

/** What waits in the outbox (the age of the oldest in seconds), and how many bypasses are open. */
export async function workload({ queries, outbox }: ForOpen & { readonly outbox: Pick<Outbox, "backlog"> }) {
  const [backlog, open] = await Promise.all([outbox.backlog(), queries.open()]);
  const active = open.bypasses.filter((bypass) => bypass.status === "active").length;
  return { ...backlog, requested: open.bypasses.length - active, active };
}
