import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import type { Sql } from "../connection/database.js";
import * as schema from "../schema.js";

/** A table, view or composite type of the schema, as PostgreSQL's catalogue has it. */
interface Relation {
  readonly name: string;
  readonly relkind: string;
  readonly persistence: string;
  readonly isOwners: boolean;
  /** As `name type`, sorted. */
  readonly columns: readonly string[];
  readonly rules: readonly string[];
  readonly policies: boolean;
  readonly inherits: boolean;
}

interface Trigger {
  readonly table: string;
  readonly name: string;
  readonly enabled: string;
  readonly isInternal: boolean;
  readonly definition: string;
}

/** What the schema holds besides functions. */
export interface Objects {
  readonly relations: readonly Relation[];
  readonly triggers: readonly Trigger[];
  /** Operators, and types other than those of tables. */
  readonly foreign: readonly string[];
  /** Event triggers that run in each session, or call a function of the schema. */
  readonly eventTriggers: readonly string[];
  /** Functions that somebody other than the schema's owner owns. */
  readonly strayFunctions: readonly string[];
}

/** Reads them in one statement. */
export const readObjects = (sql: Sql) => sql<Objects>`
  WITH s AS (SELECT oid, nspowner FROM pg_namespace WHERE nspname = 'breakglass'),
  c AS (SELECT r.* FROM pg_class r JOIN s ON r.relnamespace = s.oid)
  SELECT
    (SELECT coalesce(json_agg(json_build_object('name', c.relname, 'relkind', c.relkind, 'persistence', c.relpersistence,
      'isOwners', c.relowner = s.nspowner,
      'columns', (SELECT coalesce(json_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ORDER BY a.attname COLLATE "C"), '[]')
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
      'rules', (SELECT coalesce(json_agg(w.rulename), '[]') FROM pg_rewrite w WHERE w.ev_class = c.oid),
      'policies', c.relrowsecurity OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid),
      'inherits', EXISTS (SELECT FROM pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)))
      ORDER BY c.relname), '[]') FROM c, s WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')) AS relations,
    (SELECT coalesce(json_agg(json_build_object('table', c.relname, 'name', t.tgname, 'enabled', t.tgenabled,
      'isInternal', t.tgisinternal, 'definition', pg_get_triggerdef(t.oid)) ORDER BY c.relname, t.tgname), '[]')
      FROM pg_trigger t JOIN c ON c.oid = t.tgrelid) AS triggers,
    (SELECT coalesce(json_agg(x.name), '[]') FROM (
      SELECT 'operator ' || o.oprname AS name FROM pg_operator o JOIN s ON s.oid = o.oprnamespace
      UNION ALL SELECT 'type ' || y.typname FROM pg_type y JOIN s ON s.oid = y.typnamespace
        WHERE y.typtype IN ('d', 'e', 'r', 'b') AND y.typelem = 0
    ) x) AS foreign,
    (SELECT coalesce(json_agg(e.evtname), '[]') FROM pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid
      WHERE e.evtenabled <> 'D' AND (e.evtevent = 'login' OR p.pronamespace IN (SELECT oid FROM s))) AS "eventTriggers",
    (SELECT coalesce(json_agg(p.proname), '[]') FROM pg_proc p JOIN s ON s.oid = p.pronamespace
      WHERE p.proowner <> s.nspowner) AS "strayFunctions"`;

/** The triggers that refuse changes of the trail, as PostgreSQL writes them. All fire in every session (ALWAYS). */
const TRIGGERS: Readonly<Record<string, string>> = {
  trail_is_never_changed:
    "CREATE TRIGGER trail_is_never_changed BEFORE DELETE OR UPDATE OR TRUNCATE ON breakglass.trail FOR EACH STATEMENT EXECUTE FUNCTION breakglass.refuse_change()",
  texts_are_never_removed:
    "CREATE TRIGGER texts_are_never_removed BEFORE DELETE OR TRUNCATE ON breakglass.trail_text FOR EACH STATEMENT EXECUTE FUNCTION breakglass.refuse_change()",
  texts_are_only_redacted:
    "CREATE TRIGGER texts_are_only_redacted BEFORE UPDATE ON breakglass.trail_text FOR EACH ROW WHEN ((NOT ((old.text IS NOT NULL) AND (new.text IS NULL) AND (new.nonce IS NULL) AND (new.seq = old.seq) AND (new.field = old.field)))) EXECUTE FUNCTION breakglass.refuse_change()",
};

/** Unlogged, because it only holds for seconds. */
const UNLOGGED = "instances";
/** A composite type that the functions use. */
const TYPES: readonly string[] = ["outbox_draft"];

/** The tables of this release with their columns, as `name type`. */
function releasedTables(): ReadonlyMap<string, readonly string[]> {
  const all: readonly unknown[] = Object.values(schema);
  const tables = all.flatMap((value) => (is(value, PgTable) ? [getTableConfig(value)] : []));
  return new Map(
    tables.map(({ name, columns }) => [name, columns.map((column) => `${column.name} ${column.getSQLType()}`).sort()]),
  );
}

/** Everything that is not as this release makes it, each as a sentence. */
export function objectFaults(objects: Objects): readonly string[] {
  const tables = releasedTables();
  const names = new Set(objects.relations.map(({ name }) => name));
  return [
    ...[...tables.keys()].filter((name) => !names.has(name)).map((name) => `The table ${name} is missing.`),
    ...objects.relations.flatMap((relation) => relationFaults(relation, tables.get(relation.name))),
    ...triggerFaults(objects.triggers),
    ...objects.foreign.map((what) => `The schema holds what is none of this release: ${what}.`),
    ...objects.eventTriggers.map((name) => `The event trigger ${name} runs in the bot's sessions.`),
    ...objects.strayFunctions.map((name) => `The function ${name} does not belong to the owner of the schema.`),
  ];
}

function relationFaults(relation: Relation, columns: readonly string[] | undefined): readonly string[] {
  const { name, relkind, persistence, isOwners, rules, policies, inherits } = relation;
  if (columns === undefined)
    return TYPES.includes(name) && relkind === "c" ? [] : [`The schema holds what is none of this release: ${name}.`];
  const faults: readonly (readonly [boolean, string])[] = [
    [relkind !== "r", "is no plain table"],
    [relkind === "r" && persistence !== (name === UNLOGGED ? "u" : "p"), "is not kept on the disk as it should be"],
    [!isOwners, "does not belong to the owner of the schema"],
    [relation.columns.join() !== columns.join(), "has other columns than this release makes"],
    [relkind === "r" && rules.length > 0, `has rules that rewrite its statements (${rules.join(", ")})`],
    [policies, "has row security, which hides rows"],
    [inherits, "has a table that inherits from it, or inherits from one"],
  ];
  return faults.flatMap(([is, what]) => (is ? [`The table ${name} ${what}.`] : []));
}

function triggerFaults(triggers: readonly Trigger[]): readonly string[] {
  const own = triggers.filter(({ isInternal }) => !isInternal);
  return [
    ...Object.entries(TRIGGERS).flatMap(([name, definition]) => {
      const found = own.find((trigger) => trigger.name === name);
      if (found === undefined) return [`The trigger ${name} is missing, so that nothing refuses changes of the trail.`];
      if (found.enabled !== "A") return [`The trigger ${name} is disabled, or not in every session.`];
      return found.definition === definition ? [] : [`The trigger ${name} is not that of this release.`];
    }),
    ...own
      .filter(({ name }) => TRIGGERS[name] === undefined)
      .map(({ name, table }) => `${table} has a foreign trigger, ${name}.`),
    ...triggers
      .filter(({ isInternal, enabled }) => isInternal && enabled === "D")
      .map(({ table }) => `The checks of references of ${table} are disabled.`),
  ];
}
