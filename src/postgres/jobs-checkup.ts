import { z } from "zod";
import type { Trouble } from "../usecases/ports/ports.js";
import type { Database } from "./connection/database.js";

const facts = z.object({ owner: z.string().nullable(), isOwn: z.boolean(), mayMake: z.boolean() });

/** The roles that a schema for the jobs depends on, each with the variable that names it. */
export interface JobsRoles {
  readonly jobs: { readonly role: string; readonly variable: string };
  /** Makes the schema at a start. */
  readonly admin: { readonly role: string; readonly variable: string };
}

/**
 * Says why BullMQ could not use its schema: it is another role's, or it is missing and a start could not make it.
 * Follows `ensureJobsSchema`, which is what a start does. @param admin a connection of the role that migrates
 */
export async function jobsTroubles(admin: Database, roles: JobsRoles): Promise<readonly Trouble[]> {
  const [row] = await admin.query(
    // Raw: PostgreSQL's catalogue is not in the Drizzle schema. From 16 on, CREATEROLE alone lets nobody join a role.
    (tag) => tag`
      SELECT pg_get_userbyid(n.nspowner)::text AS owner,
        COALESCE(pg_has_role(j.oid, n.nspowner, 'USAGE'), false) AS "isOwn",
        has_database_privilege(current_database(), 'CREATE') AND (
          r.rolsuper OR pg_has_role(r.oid, j.oid, 'MEMBER WITH ADMIN OPTION')
          OR r.rolcreaterole AND current_setting('server_version_num')::int < 160000
          OR pg_has_role(r.oid, j.oid, 'MEMBER') AND NOT EXISTS (
            SELECT FROM pg_auth_members m WHERE m.member = r.oid AND m.roleid = j.oid
              AND NOT COALESCE((to_jsonb(m) ->> 'set_option')::boolean, true))) AS "mayMake"
      FROM pg_roles r JOIN pg_roles j ON j.rolname = ${roles.jobs.role}
        LEFT JOIN pg_namespace n ON n.nspname = 'bullmq'
      WHERE r.rolname = current_user`,
    { label: "look at the schema of the jobs" },
  );
  const { owner, isOwn, mayMake } = facts.parse(row);
  const { jobs } = roles;
  if (owner === null) return mayMake ? [] : [missing(roles)];
  if (isOwn) return [];
  return [
    {
      word: "queue",
      problem: `The schema bullmq belongs to the role ${owner}, so the role of ${jobs.variable} (${jobs.role}) cannot use it.`,
      fix: "Nothing in it matters: stop all instances, DROP SCHEMA bullmq CASCADE, and start one with DATABASE_ADMIN_URL, which makes it anew.",
    },
  ];
}

const missing = ({ jobs, admin }: JobsRoles): Trouble => ({
  word: "queue",
  problem: `The schema bullmq is missing, and the role of ${admin.variable} (${admin.role}) may not make it for the role of ${jobs.variable} (${jobs.role}).`,
  fix: `Have an administrator run CREATE SCHEMA bullmq AUTHORIZATION "${jobs.role.replaceAll('"', '""')}".`,
});
