import type { Sql } from "../connection/database.js";
import { OWNER_ROLE } from "../migrations/owner.js";

/** What could change how the schema works, besides what it holds. */
export interface Surroundings {
  /** Tables and functions that somebody other than the schema's owner owns. */
  readonly strays: readonly string[];
  /** Event triggers that run in each session, or call a function of the schema. */
  readonly eventTriggers: readonly string[];
  /** Functions beside PostgreSQL's own, which the functions of the schema would call instead. */
  readonly planted: readonly string[];
  /** The owner of the schema, if it is the role that is made for this and may log in all the same. */
  readonly loginOwner: string | null;
}

/** The first number that PostgreSQL gives to an object that it did not bring itself (FirstNormalObjectId). */
const FIRST_OF_USERS = 16_384;

/** Reads them in one statement. */
export const readSurroundings = (sql: Sql) => sql<Surroundings>`
  WITH s AS (SELECT oid, nspowner FROM pg_namespace WHERE nspname = 'breakglass')
  SELECT
    (SELECT coalesce(json_agg(x.what), '[]') FROM (
      SELECT 'table ' || r.relname AS what FROM pg_class r JOIN s ON r.relnamespace = s.oid
        WHERE r.relowner <> s.nspowner AND r.relkind NOT IN ('i', 'I')
      UNION ALL SELECT 'function ' || p.proname FROM pg_proc p JOIN s ON s.oid = p.pronamespace WHERE p.proowner <> s.nspowner
    ) x) AS strays,
    (SELECT coalesce(json_agg(e.evtname), '[]') FROM pg_event_trigger e JOIN pg_proc p ON p.oid = e.evtfoid
      WHERE e.evtenabled <> 'D' AND (e.evtevent = 'login' OR p.pronamespace IN (SELECT oid FROM s))) AS "eventTriggers",
    (SELECT coalesce(json_agg(p.oid::regprocedure::text), '[]') FROM pg_proc p
      WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.oid >= ${FIRST_OF_USERS}
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    ) AS planted,
    (SELECT rolname FROM pg_roles r JOIN s ON s.nspowner = r.oid WHERE r.rolcanlogin AND r.rolname = ${OWNER_ROLE}) AS "loginOwner"
  FROM (SELECT 1) one WHERE EXISTS (SELECT FROM s)`;

/** Everything about them that is not as this release makes it, each as a sentence. */
export const surroundingsFaults = ({ strays, eventTriggers, planted, loginOwner }: Surroundings): readonly string[] => [
  ...strays.map((what) => `The ${what} does not belong to the owner of the schema.`),
  ...eventTriggers.map((name) => `The event trigger ${name} runs in the bot's sessions.`),
  ...planted.map((name) => `${name} was put beside PostgreSQL's own functions, where every function finds it first.`),
  ...(loginOwner === null ? [] : [`The role ${loginOwner}, which owns the schema, may log in.`]),
];
