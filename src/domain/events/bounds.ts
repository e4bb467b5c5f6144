/*
 * How long the structure of an entry may be. The policy's schema, the declaration, the database's checks (compared by a test)
 * and a verification go by these: whoever writes with the run-time password alone cannot fill a list with one row.
 */

/** The longest name of a gate, a path, a role or a person, in characters. */
export const NAME_MAX = 63;
/** The most gates of a policy, and so of a bypass. */
export const GATES_MAX = 100;
/** The longest incident id, in characters. */
export const INCIDENT_MAX = 100;
/** The longest channel as a policy writes it: `#` and a name of Slack's longest. */
export const CHANNEL_MAX = 81;
