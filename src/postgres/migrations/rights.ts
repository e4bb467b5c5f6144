import type postgres from "postgres";
import type { Sql } from "../connection/database.js";

/** What a right is given on, in the words of GRANT. */
type ObjectKind = "SCHEMA" | "TABLE" | "SEQUENCE" | "ROUTINE";

/** A right that somebody other than the owner of the object has. */
export interface Right {
  readonly kind: ObjectKind;
  /** With its schema, and a routine with the types of its parameters. */
  readonly name: string;
  /** The role; `null` for everybody (PUBLIC). */
  readonly grantee: string | null;
  /** In the words of GRANT. A right on single columns counts like one on the table. */
  readonly privilege: string;
  /** Whether it may be given to others. */
  readonly grantable: boolean;
}

/** An object of the schemas, and the rights on it. */
export interface Guarded {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly owner: string;
  /** True for a function that the run-time role may call. */
  readonly runTime: boolean;
  readonly rights: readonly Right[];
}

/**
 * Reads the rights on the two schemas and on everything in them. Names come quoted where they must be, whatever the
 * `search_path` of the session is. Needs no right of its own.
 */
export async function readRights(sql: Sql): Promise<readonly Guarded[]> {
  const rows = await sql<Omit<Guarded, "rights"> & { rights: Omit<Right, "kind" | "name">[] }>`
    WITH schemas AS (SELECT * FROM pg_namespace WHERE nspname IN ('breakglass', 'breakglass_migrations')),
    objects AS (
      SELECT 'SCHEMA' AS kind, format('%I', nspname) AS name, nspowner AS owner, false AS marked,
        coalesce(nspacl, acldefault('n', nspowner)) AS acl
      FROM schemas
      UNION ALL
      SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, format('%I.%I', nspname, relname), relowner, false,
        coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)) || coalesce((
          SELECT array_agg(x) FROM pg_attribute c, unnest(c.attacl) AS x WHERE c.attrelid = r.oid AND NOT c.attisdropped), '{}')
      FROM pg_class r JOIN schemas s ON s.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      UNION ALL
      SELECT 'ROUTINE', format('%I.%I(%s)', nspname, proname, pg_get_function_identity_arguments(p.oid)), proowner,
        obj_description(p.oid, 'pg_proc') LIKE 'run-time:%' IS TRUE AND nspname = 'breakglass',
        coalesce(proacl, acldefault('f', proowner))
      FROM pg_proc p JOIN schemas s ON s.oid = pronamespace
    )
    SELECT kind, name, pg_get_userbyid(owner) AS owner, marked AS "runTime", coalesce((
        SELECT json_agg(DISTINCT jsonb_build_object('grantee', CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee) END,
          'privilege', a.privilege_type, 'grantable', a.is_grantable))
        FROM aclexplode(acl) a WHERE a.grantee <> owner), '[]') AS rights
    FROM objects ORDER BY kind, name`;
  return rows.map(({ rights, ...object }) => ({
    ...object,
    rights: rights.map((right) => ({ kind: object.kind, name: object.name, ...right })),
  }));
}

/** The one right that the run-time role has on an object, or `null`: nobody but the owner may have any other. */
export function runTimeRight({ kind, runTime }: Pick<Guarded, "kind" | "runTime">): string | null {
  switch (kind) {
    case "SCHEMA":
      return "USAGE";
    case "TABLE":
      return "SELECT";
    case "ROUTINE":
      return runTime ? "EXECUTE" : null;
    case "SEQUENCE":
      return null;
    default:
      return kind satisfies never;
  }
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * Resets the rights in the schemas: the run-time role may read every table and call the functions whose comment starts
 * with `run-time:`, and PUBLIC may do nothing. Touches only what is otherwise, because GRANT waits for whoever keeps a
 * table locked. `owner` is a transaction of the schemas' owner.
 */
export async function grantRunTime(owner: postgres.ISql, appRole: string): Promise<void> {
  const statements = (await readRights(owner)).flatMap((object) => {
    const { kind, name, rights } = object;
    // An owner keeps all rights on what is its own.
    const isOwn = object.owner === appRole;
    const due = isOwn ? null : runTimeRight(object);
    const ofApp = rights.filter(({ grantee }) => grantee === appRole).map(({ privilege }) => privilege);
    const isPublic = rights.some(({ grantee }) => grantee === null);
    if (!isPublic && ofApp.join() === (due ?? "")) return [];
    return [
      `REVOKE ALL ON ${kind} ${name} FROM PUBLIC${isOwn ? "" : `, ${quoted(appRole)}`}`,
      ...(due === null ? [] : [`GRANT ${due} ON ${kind} ${name} TO ${quoted(appRole)}`]),
    ];
  });
  if (statements.length > 0) await owner.unsafe(statements.join(";\n"));
}
