import {
  bigint,
  boolean,
  customType,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });
const moment = (name: string) => timestamp(name, { withTimezone: true });

/**
 * The tables as Drizzle sees them. The SQL files in `drizzle/` are what makes them; a test compares the two. All writing
 * goes through the functions of the schema, so rights and constraints stand in the SQL alone.
 */
export const breakglass = pgSchema("breakglass");

/** The system of record: one hash chain. `version` is the position in the stream, null in the stream `system`. */
export const trail = breakglass.table("trail", {
  seq: bigint("seq", { mode: "number" }).primaryKey(),
  stream: text("stream").notNull(),
  version: integer("version"),
  body: text("body").notNull(),
  prev: bytea("prev").notNull(),
  leaf: bytea("leaf").notNull(),
  hash: bytea("hash").notNull(),
});

/** Free texts of entries; a redacted one has lost nonce and text. */
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

/** One row: the end of the chain. */
export const head = breakglass.table("head", {
  one: boolean("one").primaryKey().default(true),
  seq: bigint("seq", { mode: "number" }).notNull(),
  hash: bytea("hash").notNull(),
});

/** What each command did. */
export const commands = breakglass.table("commands", {
  id: text("id").primaryKey(),
  result: jsonb("result").notNull(),
});

/** The projection for reading; see `BypassRow`. */
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
  nextDueAt: moment("next_due_at"),
  reviewStatus: text("review_status", { enum: ["open", "waived"] }).notNull(),
  reviewDueAt: moment("review_due_at").notNull(),
  reviewerRole: text("reviewer_role").notNull(),
});

/** Every account of everybody who approved, so that no person counts twice; `version` is that of the entry. */
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

/** What an entry may tell, where, by whom and with which fields; the commit goes by it. */
export const factTypes = breakglass.table("fact_types", {
  type: text("type").primaryKey(),
  stream: text("stream", { enum: ["bypass", "system", "both"] }).notNull(),
  actor: text("actor", { enum: ["person", "system", "both"] }).notNull(),
  fields: text("fields").array().notNull(),
});

/** Which policy was in force from which entry on. */
export const policies = breakglass.table("policies", {
  seq: bigint("seq", { mode: "number" })
    .primaryKey()
    .references(() => trail.seq),
  hash: text("hash").notNull(),
});

/** What must happen outside; unfinished while `doneAt` is null. */
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
  doneAt: moment("done_at"),
  failedCode: text("failed_code"),
  postedChannel: text("posted_channel"),
  postedTs: text("posted_ts"),
  renderedVersion: integer("rendered_version"),
});
