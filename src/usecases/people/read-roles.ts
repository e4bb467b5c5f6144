import { type MembersOf, type RoleSource, sourceKey, sourcesOf } from "../../domain/policy/roles.js";
import type { AppContext } from "../app-context.js";
import type { Directory, Members } from "../ports/ports.js";

/** The user groups and schedules behind some roles, as read. */
export interface RoleReadings {
  readonly membersOf: MembersOf;
  /** Sources that could not be read; their members are missing. */
  readonly unread: readonly RoleSource[];
  /** Times of the readings that are older than 30 s, because their source could not be asked. */
  readonly stale: readonly Date[];
}

/** Reads every source of these roles by the policy in force. */
export async function readMembers(
  { directory, policy }: Pick<AppContext, "directory" | "policy">,
  roles: readonly string[],
): Promise<RoleReadings> {
  const sources = sourcesOf(policy.current().policy, roles);
  const readings = await Promise.all(sources.map((source) => read(directory, source)));
  const known = new Map(sources.map((source, index) => [sourceKey(source), readings[index]?.users ?? []]));
  return {
    membersOf: (source) => known.get(sourceKey(source)) ?? [],
    unread: sources.filter((_, index) => readings[index] === null),
    stale: readings.flatMap((reading) => (reading?.stale ? [reading.asOf] : [])),
  };
}

const read = (directory: Directory, { kind, id }: RoleSource): Promise<Members | null> =>
  kind === "usergroup" ? directory.group(id) : directory.schedule(id);
