import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { PACKAGE_ROOT } from "../../lib/package-root.js";
import type { Sql } from "../connection/database.js";

/** Something that the schema holds besides functions, such as the index `trail_stream_version`, as PostgreSQL describes it. */
export interface SchemaObject {
  readonly kind: string;
  /** A column, constraint, trigger or rule is named with its table: `trail.seq`. */
  readonly name: string;
  readonly definition: string;
}

/**
 * Reads them all in one statement. Times in definitions are in the time zone of the session, which is UTC. Checks of NOT NULL stand
 * with their columns: older servers do not list them as constraints.
 */
export const presentStructure = (sql: Sql) => sql<SchemaObject>`
  WITH s AS (SELECT oid FROM pg_namespace WHERE nspname = 'breakglass'),
  c AS (SELECT r.* FROM pg_class r JOIN s ON r.relnamespace = s.oid)
  SELECT 'relation' AS kind, c.relname::text AS name, concat_ws(', ',
      CASE c.relkind WHEN 'r' THEN 'table' WHEN 'c' THEN 'composite type' ELSE 'no table (' || c.relkind::text || ')' END,
      CASE c.relpersistence WHEN 'p' THEN 'permanent' ELSE 'persistence ' || c.relpersistence::text END,
      CASE WHEN c.relrowsecurity OR c.relforcerowsecurity THEN 'row security' END,
      CASE WHEN EXISTS (SELECT FROM pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)) THEN 'inherits' END
    ) AS definition
  FROM c WHERE c.relkind NOT IN ('i', 'I', 'S')
  UNION ALL
  SELECT 'column', c.relname || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attnotnull THEN 'NOT NULL' END,
      CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || a.attcollation::regcollation::text END,
      CASE WHEN a.attidentity <> '' THEN 'IDENTITY ' || a.attidentity::text END,
      CASE WHEN a.attgenerated <> '' THEN 'GENERATED ' || a.attgenerated::text END,
      'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid))
  FROM c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relkind NOT IN ('i', 'I', 'S')
  UNION ALL
  SELECT 'sequence', c.relname, concat_ws(' ', q.seqtypid::regtype, q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcycle)
  FROM c JOIN pg_sequence q ON q.seqrelid = c.oid
  UNION ALL
  SELECT 'constraint', c.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
  FROM c JOIN pg_constraint k ON k.conrelid = c.oid WHERE k.contype NOT IN ('n', 't')
  UNION ALL
  SELECT 'index', i.indexrelid::regclass::text,
    pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid AND i.indisready THEN '' ELSE ' (invalid)' END
  FROM c JOIN pg_index i ON i.indrelid = c.oid
  UNION ALL
  SELECT 'trigger', c.relname || '.' || g.tgname, pg_get_triggerdef(g.oid) || ', enabled: ' || g.tgenabled::text
  FROM c JOIN pg_trigger g ON g.tgrelid = c.oid WHERE NOT g.tgisinternal
  UNION ALL
  SELECT DISTINCT 'check of references', c.relname::text, 'disabled'
  FROM c JOIN pg_trigger g ON g.tgrelid = c.oid WHERE g.tgisinternal AND g.tgenabled <> 'O'
  UNION ALL
  SELECT 'rule', c.relname || '.' || w.rulename, pg_get_ruledef(w.oid) FROM c JOIN pg_rewrite w ON w.ev_class = c.oid
  UNION ALL
  SELECT 'policy of row security', c.relname || '.' || p.polname, '' FROM c JOIN pg_policy p ON p.polrelid = c.oid
  UNION ALL
  SELECT o.type, o.identity, ''
  FROM s JOIN pg_depend d ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = s.oid,
    pg_identify_object(d.classid, d.objid, 0) o
  WHERE d.classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass) AND o.type NOT LIKE 'publication%'`;

const released = z.array(z.strictObject({ kind: z.string(), name: z.string(), definition: z.string() })).nonempty();

/** What the migrations of this release make. */
export const releasedStructure = async (): Promise<readonly SchemaObject[]> =>
  released.parse(JSON.parse(await readFile(join(PACKAGE_ROOT, "drizzle", "structure.json"), "utf8")));

/** Compares them; each difference is a sentence. */
export function structureFaults(ours: readonly SchemaObject[], present: readonly SchemaObject[]): readonly string[] {
  const title = ({ kind, name }: SchemaObject): string => `${kind} ${name}`;
  const there = new Map(present.map((one) => [title(one), one.definition]));
  const known = new Set(ours.map(title));
  return [
    ...ours.flatMap((one) => {
      const definition = there.get(title(one));
      if (definition === undefined) return [`The ${title(one)} is missing.`];
      return definition === one.definition ? [] : [`The ${title(one)} is not that of this release.`];
    }),
    ...[...there.keys()]
      .filter((one) => !known.has(one))
      .map((one) => `The schema holds what is none of this release: the ${one}.`),
  ];
}
