import { resolveIssuer } from "./resolve-ci.js";
import type { PolicyFile } from "./schema/file.js";
import { ASK_AT_MOST, type PATH_TARGETS } from "./schema/path.js";

export type { Weekday } from "../calendar/days.js";
export type { Span } from "../calendar/deadlines.js";
export type { OfficeHours } from "../calendar/office-hours.js";
export type { CiIssuer, CiProvider } from "./ci.js";
export type { ReminderRule } from "./durations.js";

/**
 * A valid policy: every role and gate that it names exists. Durations are in seconds, times of day and dates in
 * `officeHours.timezone`. Only `parsePolicy` creates one; the types derive from the zod schema.
 */
export type Policy = ReturnType<typeof resolvePolicy>;

/** A check or approval that must pass. */
export type Gate = Policy["gates"][string];
/** A pre-defined emergency procedure. */
export type Path = Policy["paths"][string];
/** Who must approve, and what happens while nobody does. Times in seconds from the declaration. */
export type Ack = Path["ack"];

/** A program outside that is told of events. */
export type WebhookOfPolicy = Policy["webhooks"][number];

/** A kind of target, as the policy calls it. */
export type PathTarget = (typeof PATH_TARGETS)[number];

type PathFile = PolicyFile["paths"][string];
type GateFile = PolicyFile["gates"][string];

/**
 * Turns a checked file into the policy that the rest of the program reads. Fills in defaults that depend on other keys.
 * Mappings have no prototype, so that a lookup of a name such as `constructor` finds nothing.
 */
export function resolvePolicy(file: PolicyFile) {
  const gates = mapNamed(file.gates, (gate, id) => resolveGate(gate, id, file));
  return {
    version: file.version,
    /** The channel of paths that name none; null only when every path names its own. */
    alertChannel: file.alert_channel ?? null,
    roles: mapNamed(file.roles, (role) => role),
    people: mapNamed(file.people, (person) => person),
    /** The roles that hold each right; nobody holds a right with an empty list. */
    rights: file.rights,
    gates,
    paths: mapNamed(file.paths, (path, id) => resolvePath(path, id, file)),
    thermometer: file.thermometer,
    officeHours: file.office_hours,
    digest: file.digest,
    /** Whose tokens count when a pipeline asks; nobody's where the list is empty. */
    ci: { issuers: (file.ci?.issuers ?? []).map(resolveIssuer) },
    webhooks: file.webhooks,
  };
}

/** The ids of the gates that a path may bypass, in the file's order. */
export const bypassableGates = (policy: Policy): readonly string[] =>
  Object.keys(policy.gates).filter((gate) => !isNeverBypassed(policy, gate));

/** Whether no path may bypass this gate. A gate that the policy does not know is not forbidden by it. */
export const isNeverBypassed = (policy: Policy, gate: string): boolean =>
  (policy.gates[gate]?.neverBypass ?? null) !== null;

/** The gates that no path may bypass. */
export const neverBypassed = (policy: Policy): readonly string[] =>
  Object.keys(policy.gates).filter((gate) => isNeverBypassed(policy, gate));

/** How many people a request of this path asks at once; the usual number for a path that the policy no longer has. */
export const askAtMost = (policy: Policy, path: string): number => policy.paths[path]?.askAtMost ?? ASK_AT_MOST.usual;

function resolveGate(gate: GateFile, id: string, file: PolicyFile) {
  return {
    id,
    title: gate.title ?? id,
    /** The role that owns the gate. */
    owner: gate.owner ?? Object.keys(file.roles)[0] ?? "",
    /** What to do instead of the gate, or null. */
    instead: gate.instead ?? null,
    /** Why no path may bypass the gate; null when paths may. */
    neverBypass: gate.never_bypass ?? null,
  };
}

function resolvePath(path: PathFile, id: string, file: PolicyFile) {
  const invoke = readInvoke(path);
  const page = invoke.page;
  const whoCanAck = path.who_can_ack ?? [...new Set([...path.who_can_invoke, ...(page === null ? [] : [page])])];
  const secondPersonAck = path.requires.includes("second_person_ack");
  return {
    id,
    title: path.title ?? id,
    /** The gates that this path may bypass, in the file's order. */
    gates: path.gates ?? bypassableIn(file),
    /** The kinds of target that a declaration may be for. */
    target: path.target,
    when: path.when ?? null,
    /** A regular expression in RE2's syntax; use `incidentMatcher`. */
    incidentPattern: path.incident_pattern ?? null,
    /** A URL with the placeholder `{id}`; use `incidentLink`. */
    incidentUrl: path.incident_url ?? null,
    /** Roles. */
    whoCanInvoke: path.who_can_invoke,
    /** Roles. */
    whoCanAck,
    /** In addition to the reason, which is always required. */
    requires: { incidentId: path.requires.includes("incident_id"), secondPersonAck },
    /** `#name` or an ID. */
    alertChannel: invoke.alertChannel ?? file.alert_channel ?? "",
    /** The role that is paged at the declaration, or null. */
    page,
    /** Counted from the approval. */
    expiresAfterSeconds: path.expires_after,
    /** All times in seconds from the declaration. */
    ack: {
      /** 1 to 3 different people; 0 when no second-person ack is required. */
      needed: secondPersonAck ? path.ack.needed : 0,
      remindEverySeconds: path.ack.remind_every,
      /** Ascending in `afterSeconds`. */
      escalate: path.ack.escalate,
      giveUpAfterSeconds: path.ack.give_up_after,
      /** null: never. */
      aloneAfterSeconds: path.ack.alone_after === "never" ? null : path.ack.alone_after,
    },
    /** The most people that a request, or a step of its escalation, asks by direct message at once. */
    askAtMost: path.ask_at_most,
    review: {
      /** Counted from the declaration. */
      due: path.review.due,
      /** A role. */
      reviewer: path.review.reviewer ?? page ?? whoCanAck[0] ?? "",
      remind: path.review.remind,
      /** Counted from the time the review is due. */
      escalateAfter: path.review.escalate_after,
      /** A role; null: an overdue review is not escalated. */
      escalateTo: path.review.escalate_to ?? null,
    },
    /** null: the path needs no drills. */
    drillEverySeconds: path.drill_every ?? null,
    /** `as_real`: a drill pages like a bypass, at any hour. */
    drillPages: path.drill_pages,
  };
}

function bypassableIn(file: PolicyFile): string[] {
  return Object.entries(file.gates)
    .filter(([, gate]) => gate.never_bypass === undefined)
    .map(([id]) => id);
}

function readInvoke(path: PathFile): { alertChannel: string | null; page: string | null } {
  const invoke: { alertChannel: string | null; page: string | null } = { alertChannel: null, page: null };
  for (const item of path.on_invoke ?? []) {
    if (typeof item === "string") continue;
    if ("alert_channel" in item) invoke.alertChannel = item.alert_channel;
    if ("page" in item) invoke.page = item.page;
  }
  return invoke;
}

function mapNamed<T, R>(map: Readonly<Record<string, T>>, change: (value: T, name: string) => R): Record<string, R> {
  const result: Record<string, R> = Object.create(null);
  for (const [name, value] of Object.entries(map)) result[name] = change(value, name);
  return result;
}
