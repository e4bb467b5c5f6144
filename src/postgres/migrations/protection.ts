import type { Database } from "../connection/database.js";

/** Whether the role of this connection can alter the trail other than through the commit function. */
export interface Protection {
  readonly protected: boolean;
  /** Each way it could, as a predicate of the role such as "is a superuser"; empty when protected. */
  readonly reasons: readonly string[];
}

interface Findings {
  missing: boolean;
  superuser: boolean;
  creates_roles: boolean;
  replicates: boolean;
  sets_the_server: boolean;
  server_files: boolean;
  owns_database: boolean;
  owns_schema: boolean;
  owns_tables: boolean;
  writes_tables: boolean;
  replaces_objects: boolean;
  calls_unmarked: boolean;
  calls_as_owner: boolean;
}

const REASONS: Readonly<Record<keyof Findings, string>> = {
  missing: "the schema breakglass is not there or not visible",
  superuser: "is a superuser",
  creates_roles: "may create roles, and so give itself other rights",
  replicates: "may copy the whole server as a replica, and keep its disk full of what the replica does not fetch",
  sets_the_server: "may change settings of the server (ALTER SYSTEM), and so run programs on it",
  server_files: "is a member of a role that writes all data, or runs programs or writes files on the server",
  owns_database: "owns the database, and so may drop it",
  owns_schema: "owns the schema breakglass, or is a member of the role that does",
  owns_tables: "owns tables or functions in the schema breakglass, or is a member of the role that does",
  writes_tables: "may insert, update, delete or truncate in tables of the schema breakglass, or put triggers on them",
  replaces_objects: "may create objects in the schema breakglass",
  calls_unmarked: "may call functions of the schema breakglass that are not meant for run time",
  calls_as_owner:
    "may call functions of another schema that run with the rights of a superuser or of the owner of the schema breakglass",
};

/**
 * Checks the rights of the role that `database` logs in with. A bot starts even if the trail is not protected from its
 * role; `/readyz` and the trail say so.
 */
export async function checkProtection(database: Database): Promise<Protection> {
  const [found] = await database.query<Omit<Findings, "sets_the_server">>(
    (sql) => sql`
      WITH me AS (SELECT * FROM pg_roles WHERE rolname = current_user),
      schema AS (SELECT oid, nspowner FROM pg_namespace WHERE nspname = 'breakglass'),
      tables AS (
        SELECT c.oid, c.relowner FROM pg_class c JOIN schema ON c.relnamespace = schema.oid
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
      ),
      routines AS (SELECT p.oid, p.proowner FROM pg_proc p JOIN schema ON p.pronamespace = schema.oid)
      SELECT
        NOT EXISTS (SELECT FROM schema) OR NOT has_schema_privilege('breakglass', 'USAGE') AS missing,
        me.rolsuper AS superuser,
        me.rolcreaterole AS creates_roles,
        me.rolreplication AS replicates,
        EXISTS (
          SELECT FROM pg_roles r WHERE pg_has_role(me.oid, r.oid, 'MEMBER')
            AND r.rolname IN ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program')
        ) AS server_files,
        (SELECT pg_has_role(me.oid, datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()) AS owns_database,
        EXISTS (SELECT FROM schema WHERE pg_has_role(me.oid, nspowner, 'MEMBER')) AS owns_schema,
        EXISTS (SELECT FROM tables WHERE pg_has_role(me.oid, relowner, 'MEMBER'))
          OR EXISTS (SELECT FROM routines WHERE pg_has_role(me.oid, proowner, 'MEMBER')) AS owns_tables,
        EXISTS (
          SELECT FROM tables WHERE has_table_privilege(me.oid, oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
            OR has_any_column_privilege(me.oid, oid, 'INSERT, UPDATE')
        ) AS writes_tables,
        EXISTS (SELECT FROM schema WHERE has_schema_privilege(me.oid, oid, 'CREATE')) AS replaces_objects,
        EXISTS (
          SELECT FROM routines WHERE has_function_privilege(me.oid, oid, 'EXECUTE')
            AND obj_description(oid, 'pg_proc') LIKE 'run-time:%' IS NOT TRUE
        ) AS calls_unmarked,
        EXISTS (
          SELECT FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
          WHERE p.prosecdef AND p.oid NOT IN (SELECT oid FROM routines)
            AND has_schema_privilege(me.oid, p.pronamespace, 'USAGE') AND has_function_privilege(me.oid, p.oid, 'EXECUTE')
            AND (r.rolsuper OR EXISTS (SELECT FROM schema WHERE pg_has_role(r.oid, nspowner, 'MEMBER')))
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
        ) AS calls_as_owner
      FROM me`,
    { label: "rights of the run-time role" },
  );
  if (found === undefined) throw new Error("PostgreSQL did not say who is asking.");
  const all = { ...found, sets_the_server: await setsTheServer(database) };
  const reasons = Object.entries(REASONS)
    .filter(([key]) => Object.entries(all).some(([name, is]) => name === key && is === true))
    .map(([, reason]) => reason);
  return { protected: reasons.length === 0, reasons };
}

/** The first release of PostgreSQL in which rights on single settings can be granted. */
const WITH_RIGHTS_ON_SETTINGS = 150_000;

async function setsTheServer(database: Database): Promise<boolean> {
  const [server] = await database.query<{ version: number }>(
    (sql) => sql`SELECT current_setting('server_version_num')::integer AS version`,
    { label: "version of the server" },
  );
  if (server === undefined || server.version < WITH_RIGHTS_ON_SETTINGS) return false;
  const [may] = await database.query<{ may: boolean }>(
    (sql) => sql`
      SELECT EXISTS (
        SELECT FROM pg_parameter_acl WHERE has_parameter_privilege(current_user, parname, 'ALTER SYSTEM')
      ) AS may`,
    { label: "rights on settings of the server" },
  );
  return may?.may === true;
}
