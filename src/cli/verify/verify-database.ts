import { EVENT_TYPES } from "../../domain/events/catalogue/catalogue.js";
import { createHistoryCheck } from "../../domain/verify/allowed-history.js";
import { createGateFold } from "../../domain/verify/gate-projections.js";
import { createVerifier } from "../../domain/verify/verify.js";
import { type Database, DatabaseUnavailable } from "../../postgres/connection/database.js";
import { type Inspection, inspectDatabase, SCHEMA_MISSING } from "../../postgres/integrity/inspect.js";
import { createVerifySource } from "../../postgres/queries/verify-source.js";
import { createReading } from "./reading.js";
import { type TrailVerification, type VerifyTrailOptions, verifyTrail } from "./verify-trail.js";

/** For each read of the trail, in milliseconds: a page of a long trail takes far less, even on a busy server. */
const READ_DEADLINE_MS = 60_000;
/** The same for a database that was altered: whoever did that can put what sleeps in the place of a table. */
const ALTERED_DEADLINE_MS = 10_000;

/** Used where the database itself cannot be compared. */
const UNKNOWN: Inspection = { altered: [], movedClockMs: null };

/**
 * Compares the database with this release, and verifies the trail in it. The comparison comes first, since it reads only
 * PostgreSQL's catalogue: what was altered so that a table cannot be read is a finding, and not a failure to look.
 * `tell` hears of alterations before the trail is read.
 * @throws DatabaseUnavailable when there is nothing to tell but that
 */
export async function verifyDatabase(
  db: Database,
  options: Omit<VerifyTrailOptions, "source">,
  tell: (altered: number) => void,
): Promise<TrailVerification> {
  const reading = createReading();
  const inspection = await reading.part(
    "What the database is made of",
    () => inspectDatabase(db, EVENT_TYPES),
    UNKNOWN,
  );
  // Most likely the URL of another database.
  if (inspection.altered.includes(SCHEMA_MISSING)) return nothingRead([SCHEMA_MISSING]);
  const isAltered = inspection.altered.length > 0;
  if (isAltered) tell(inspection.altered.length);
  const source = createVerifySource(db, isAltered ? ALTERED_DEADLINE_MS : READ_DEADLINE_MS);
  // A clock that the demo has moved is told instead, once for all entries.
  const comparesTimes = inspection.movedClockMs === null;
  const origins = {
    read: null,
    allowSocketMode: true,
    ...options.origins,
    ...(comparesTimes ? { comparesTimes } : {}),
  };
  const trail = await verifyTrail({ ...options, source, origins }).catch((fault: unknown) => {
    // What was put in the place of a table can end its reader's connection.
    if (isAltered && fault instanceof DatabaseUnavailable) return nothingRead([`The trail: ${fault.message}`]);
    throw fault;
  });
  return withInspection({ ...trail, unread: [...reading.unread(), ...trail.unread] }, inspection);
}

/** Adds how the database differs from this release. A clock that was moved by the demo's own means is told, not held against it. */
function withInspection(trail: TrailVerification, { altered, movedClockMs }: Inspection): TrailVerification {
  const moved =
    movedClockMs === null
      ? []
      : [
          `Whether the times are true: the owner of the database has moved its clock by ${movedClockMs / 1_000} s, as the demo does. A start of the bot puts it back.`,
        ];
  return {
    ...trail,
    findings: [...altered.map((message) => ({ seq: 0, kind: "database" as const, message })), ...trail.findings],
    cannotFind: [...trail.cannotFind, ...moved],
  };
}

/** The result where no entry could be read. */
function nothingRead(unread: readonly string[]): TrailVerification {
  const judged = createHistoryCheck(() => {}, createGateFold()).finish("beginning");
  return { ...createVerifier().finish("beginning"), judged, unread, seen: "beginning" };
}
