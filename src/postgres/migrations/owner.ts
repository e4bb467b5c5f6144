import postgres from "postgres";
import { MigrationRefused } from "./files.js";

/** The role that owns the schema `breakglass` and cannot log in. */
export const OWNER_ROLE = "breakglass_owner";

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

const isDenied = (fault: unknown) => fault instanceof postgres.PostgresError && fault.code === "42501";
const isTaken = (fault: unknown) => fault instanceof postgres.PostgresError && /^(42P06|23505)$/.test(fault.code);

/**
 * Returns the role that owns or will own the schema: its present owner, or `null` when `admin` is not a member of
 * that role. A new schema goes to `breakglass_owner`, which is created if `admin` may do that, else to `admin`
 * itself. If `admin` is the run-time role, that role owns the schema: allowed, but then the trail is not protected from
 * it.
 */
export async function ownerFor(admin: postgres.TransactionSql, appRole: string): Promise<string | null> {
  const [now] = await admin<{ me: string; owner: string | null; member: boolean | null }[]>`
    SELECT current_user AS me, pg_get_userbyid(n.nspowner) AS owner,
      pg_has_role(current_user, n.nspowner, 'MEMBER') AS member
    FROM (SELECT) AS one LEFT JOIN pg_namespace n ON n.nspname = 'breakglass'`;
  if (now === undefined) throw new Error("PostgreSQL did not say who is asking.");
  if (now.owner !== null) return now.member === true ? now.owner : null;
  if (now.me === appRole) return now.me;
  try {
    await admin.savepoint(async (tx) => {
      await tx.unsafe(`
        DO $$ BEGIN
          CREATE ROLE ${OWNER_ROLE} NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$;`);
      await joinRole(tx, OWNER_ROLE);
    });
    return OWNER_ROLE;
  } catch (fault) {
    // It may not create roles, or the role belongs to another installation of this server, which keeps it to itself.
    if (isDenied(fault)) return now.me;
    throw fault;
  }
}

/**
 * Creates the two schemas for their owner, who needs no right in the database for that: an administrator who may create
 * schemas need not own the database.
 * @throws MigrationRefused `rights`
 */
export async function ensureSchemas(admin: postgres.TransactionSql, ownerRole: string, appRole: string): Promise<void> {
  const [now] = await admin<{ me: string; db: string; missing: string[] }[]>`
    SELECT current_user AS me, current_database() AS db, to_json(ARRAY(
      SELECT name FROM unnest('{breakglass,breakglass_migrations}'::text[]) AS name
      WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = name))) AS missing`;
  if (now === undefined) throw new Error("PostgreSQL did not say who is asking.");
  try {
    await admin.savepoint(async (tx) => {
      for (const name of now.missing) await tx.unsafe(`CREATE SCHEMA ${name} AUTHORIZATION ${quoted(ownerRole)}`);
    });
  } catch (fault) {
    // Another start has made it meanwhile; this one has waited for that.
    if (isTaken(fault)) return ensureSchemas(admin, ownerRole, appRole);
    if (!isDenied(fault)) throw fault;
    if (now.me === appRole) {
      throw new MigrationRefused(
        "rights",
        "The database is not set up yet, and the run-time role may not do that. Run breakglass migrate with DATABASE_ADMIN_URL set to a role that may create schemas, then start again.",
      );
    }
    const statement = `GRANT CREATE ON DATABASE ${quoted(now.db)} TO ${quoted(now.me)}`;
    throw new MigrationRefused(
      "rights",
      `The role that migrates may not create schemas in this database. Have its owner run "${statement}", and start again.`,
    );
  }
}

async function joinRole(admin: postgres.ISql, role: string): Promise<void> {
  const [may] = await admin<{ may: boolean }[]>`
    SELECT r.rolsuper OR pg_has_role(current_user, ${role}, 'MEMBER') AND NOT EXISTS (
      SELECT FROM pg_auth_members m WHERE m.member = r.oid AND m.roleid = ${role}::regrole
        AND NOT COALESCE((to_jsonb(m) ->> 'set_option')::boolean, true)) AS may
    FROM pg_roles r WHERE rolname = current_user`;
  if (may?.may !== true) await admin.unsafe(`GRANT ${quoted(role)} TO CURRENT_USER`);
}

/**
 * Creates the schema `bullmq` for the role of the job queue, if it is missing.
 * @throws MigrationRefused `jobs_schema`
 */
export async function ensureJobsSchema(admin: postgres.TransactionSql, jobsRole: string): Promise<void> {
  const existing = await admin`SELECT FROM pg_namespace WHERE nspname = 'bullmq'`;
  if (existing.length > 0) return;
  try {
    await admin.savepoint(async (tx) => {
      await joinRole(tx, jobsRole);
      await tx.unsafe(`CREATE SCHEMA IF NOT EXISTS bullmq AUTHORIZATION ${quoted(jobsRole)}`);
    });
  } catch (fault) {
    if (!isDenied(fault)) throw fault;
    const statement = `CREATE SCHEMA bullmq AUTHORIZATION ${quoted(jobsRole)}`;
    throw new MigrationRefused(
      "jobs_schema",
      `The migrations stand, but the job queue's schema cannot be made. Have an administrator run "${statement}", and start again.`,
    );
  }
}
