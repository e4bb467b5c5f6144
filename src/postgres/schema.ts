import { bigint, boolean, customType, integer, jsonb, pgSchema, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { FORCES, VERDICTS } from "../domain/events/catalogue/review.js";

const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });
/** A time as the domain represents it: ISO 8601 in UTC, with milliseconds. */
const moment = customType<{ data: string; driverData: Date }>({
  dataType: () => "timestamp with time zone",
  fromDriver: (at) => at.toISOString(),
});

/**
 * The tables as Drizzle sees them. The SQL files in `drizzle/` create them, and a test compares the two. All writes go
 * through the schema's SQL functions, so rights and constraints are defined only in SQL.
 */
export const breakglass = pgSchema("breakglass");

/** The system of record: one hash chain. `version` is the position in the stream, or null in the stream `system`. */
export const trail = breakglass.table("trail", {
  seq: bigint("seq", { mode: "number" }).primaryKey(),
  stream: text("stream").notNull(),
  version: integer("version"),
  body: text("body").notNull(),
  prev: bytea("prev").notNull(),
  leaf: bytea("leaf").notNull(),
  hash: bytea("hash").notNull(),
});

/** Free texts of entries. A redacted text has neither nonce nor text. */
export const trailText = breakglass.table(
  "trail_text",
  {
    seq: bigint("seq", { mode: "number" }).notNull(),
    field: text("field").notNull(),
    nonce: bytea("nonce"),
    text: text("text"),
  },
  (table) => [primaryKey({ columns: [table.seq, table.field] })],
);

/** The bypasses of other streams whose texts the origin of an entry may hold. */
export const originShows = breakglass.table(
  "origin_shows",
  { seq: bigint("seq", { mode: "number" }).notNull(), n: integer("n").notNull() },
  (table) => [primaryKey({ columns: [table.seq, table.n] })],
);

/** What `/readyz` writes to prove that the trail could be written, in a single row. */
export const writeProbe = breakglass.table("write_probe", {
  one: boolean("one").primaryKey().default(true),
  at: moment("at").notNull(),
  stretchedAt: moment("stretched_at").notNull(),
});

/** The head of the chain, in a single row. */
export const head = breakglass.table("head", {
  one: boolean("one").primaryKey().default(true),
  seq: bigint("seq", { mode: "number" }).notNull(),
  hash: bytea("hash").notNull(),
});

/** The result of each command. */
export const commands = breakglass.table("commands", {
  id: text("id").primaryKey(),
  result: jsonb("result").notNull(),
  events: text("events").notNull(),
});

/** The projection of bypasses for lists. */
export const bypasses = breakglass.table("bypasses", {
  n: integer("n").primaryKey(),
  declaredSeq: bigint("declared_seq", { mode: "number" })
    .notNull()
    .unique()
    .references(() => trail.seq),
  version: integer("version").notNull(),
  kind: text("kind", { enum: ["bypass", "drill"] }).notNull(),
  status: text("status", {
    enum: ["requested", "active", "denied", "withdrawn", "lapsed", "expired", "closed", "revoked"],
  }).notNull(),
  path: text("path").notNull(),
  gates: text("gates").array().notNull(),
  requesterUser: text("requester_user").notNull(),
  requesterPerson: text("requester_person").notNull(),
  targetKind: text("target_kind").notNull(),
  incident: text("incident"),
  channel: text("channel").notNull(),
  alertTs: text("alert_ts"),
  declaredAt: moment("declared_at").notNull(),
  settledAt: moment("settled_at"),
  endsAt: moment("ends_at"),
  endedAt: moment("ended_at"),
  rejectedAt: moment("rejected_at"),
  nextDueAt: moment("next_due_at"),
  reviewStatus: text("review_status", { enum: ["open", "submitted", "waived"] }).notNull(),
  reviewDueAt: moment("review_due_at").notNull(),
  reviewerRole: text("reviewer_role").notNull(),
  verdict: text("verdict", { enum: VERDICTS }),
  gatesAtFault: text("gates_at_fault").array().notNull(),
  forcedBy: text("forced_by", { enum: FORCES }),
  reviewedAt: moment("reviewed_at"),
  reviewEdition: integer("review_edition").notNull(),
  actionsOpened: integer("actions_opened").notNull(),
  reviewRoles: text("review_roles").array().notNull(),
  reviewPutOffUntil: moment("review_put_off_until"),
  /** The channel in the declaration, as the policy names it. `channel` is the channel that the alert was posted to. */
  declaredFor: text("declared_for").notNull(),
  /**
   * When to check again whether a reminder is due. Depends on the policy in force too, so the trail cannot rebuild it.
   */
  followUpAt: moment("follow_up_at"),
});

/** The actions of reviews: a projection. */
export const actions = breakglass.table(
  "actions",
  {
    n: integer("n").notNull(),
    action: integer("action").notNull(),
    /** The entry that opened the action. What to do is a text of that entry. */
    seq: bigint("seq", { mode: "number" }).notNull(),
    owner: text("owner").notNull(),
    dueAt: moment("due_at").notNull(),
    status: text("status", { enum: ["open", "done", "dropped"] }).notNull(),
    putOffUntil: moment("put_off_until"),
    endedAt: moment("ended_at"),
  },
  (table) => [primaryKey({ columns: [table.n, table.action] })],
);

/** Which runs of pipelines used which grants: a projection. An empty issuer is reserved for API tokens. */
export const grantUses = breakglass.table("grant_uses", {
  seq: bigint("seq", { mode: "number" }).primaryKey(),
  n: integer("n").notNull(),
  gate: text("gate").notNull(),
  run: text("run").notNull(),
  issuer: text("issuer").notNull(),
  repository: text("repository"),
  commit: text("commit").notNull(),
  proven: boolean("proven").notNull(),
  at: moment("at").notNull(),
});

/** The latest item of each gate that was ever sick: a projection of gate events. */
export const gateItems = breakglass.table("gate_items", {
  gate: text("gate").primaryKey(),
  item: integer("item").notNull(),
  status: text("status", { enum: ["open", "fixed", "recovered"] }).notNull(),
  owner: text("owner").notNull(),
  /** The entry that opened the item; it holds the evidence. */
  openedSeq: bigint("opened_seq", { mode: "number" }).notNull(),
  openedAt: moment("opened_at").notNull(),
  dueAt: moment("due_at").notNull(),
  closedAt: moment("closed_at"),
  remindedTo: moment("reminded_to"),
  announced: boolean("announced").notNull(),
  putOffUntil: moment("put_off_until"),
  putOffs: integer("put_offs").notNull(),
  /** When the owner last said that the gate was fixed. Only later bypasses count against the gate. */
  fixedAt: moment("fixed_at"),
});

/** What was done to each gate: its history for the chart. */
export const gateMarks = breakglass.table("gate_marks", {
  seq: bigint("seq", { mode: "number" }).primaryKey(),
  gate: text("gate").notNull(),
  item: integer("item").notNull(),
  what: text("what", { enum: ["flagged", "put_off", "changed", "retired", "recovered"] }).notNull(),
  at: moment("at").notNull(),
});

/**
 * Drafts of reviews. Not recorded as events: a draft belongs to its writer, and is deleted when the review is
 * submitted.
 */
export const drafts = breakglass.table(
  "drafts",
  {
    n: integer("n").notNull(),
    account: text("account").notNull(),
    content: jsonb("content").notNull(),
    savedAt: moment("saved_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.n, table.account] })],
);

/** Accounts that opened the App Home, to rerender it when something changes. Not recorded as events. */
export const homeViewers = breakglass.table("home_viewers", {
  account: text("account").primaryKey(),
  openedAt: moment("opened_at").notNull(),
});

/** Every account of each person who approved, so that no person counts twice. `version` is that of the entry. */
export const approvals = breakglass.table(
  "approvals",
  {
    n: integer("n").notNull(),
    account: text("account").notNull(),
    person: text("person").notNull(),
    version: integer("version").notNull(),
  },
  (table) => [primaryKey({ columns: [table.n, table.account] })],
);

/** The known event types, with their stream and kind of actor. The commit function checks entries against them. */
export const eventTypes = breakglass.table("event_types", {
  type: text("type").primaryKey(),
  stream: text("stream", { enum: ["bypass", "system", "both"] }).notNull(),
  actor: text("actor", { enum: ["person", "system", "both"] }).notNull(),
});

/** The policies in force, each with the entry that put it in force. */
export const policies = breakglass.table("policies", {
  seq: bigint("seq", { mode: "number" })
    .primaryKey()
    .references(() => trail.seq),
  hash: text("hash").notNull(),
});

/** The effects to perform. A row is pending while `doneAt` is null. */
export const outbox = breakglass.table("outbox", {
  id: uuid("id").primaryKey().defaultRandom(),
  position: bigint("position", { mode: "number" }).notNull().generatedAlwaysAsIdentity(),
  n: integer("n").notNull(),
  lane: text("lane").notNull(),
  effect: jsonb("effect").notNull(),
  messageKey: text("message_key"),
  runAt: moment("run_at").notNull(),
  createdAt: moment("created_at").notNull(),
  attempts: integer("attempts").notNull().default(0),
  leaseUntil: moment("lease_until"),
  claimedBy: text("claimed_by"),
  claimNumber: integer("claim_number"),
  doneAt: moment("done_at"),
  failedCode: text("failed_code"),
  postedChannel: text("posted_channel"),
  postedTs: text("posted_ts"),
  renderedVersion: integer("rendered_version"),
});

/** The running processes. Unlogged: empty after a crash of the server. */
export const instances = breakglass.table("instances", {
  id: text("id").primaryKey(),
  aliveUntil: moment("alive_until").notNull(),
  judgesFrom: moment("judges_from").notNull(),
});
