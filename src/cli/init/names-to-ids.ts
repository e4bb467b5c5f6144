import { nearestWord } from "../../domain/text/nearest.js";
import type { SlackChannel, SlackGroup, SlackPerson } from "../../slack/workspace-check/survey.js";

/** Who holds a role: the members of a user group, people, or both. */
export interface Holders {
  readonly group: SlackGroup | null;
  readonly people: readonly SlackPerson[];
}

/** What was found for an answer, or why nothing was, as a sentence. */
export type Resolved<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

const found = <T>(value: T): Resolved<T> => ({ ok: true, value });
const missing = (why: string): Resolved<never> => ({ ok: false, why });

/** Finds a channel by its name, with or without `#`, its id, or its number in a list that was shown. */
export function resolveChannel(
  typed: string,
  channels: readonly SlackChannel[],
  shown: readonly SlackChannel[] = [],
): Resolved<SlackChannel> {
  if (typed === "") return missing("No channel is named.");
  const numbered = /^\d+$/.test(typed) ? shown[Number(typed) - 1] : undefined;
  const name = typed.replace(/^#/, "").toLowerCase();
  const channel = numbered ?? channels.find(({ id, name: other }) => id === typed || other === name);
  if (channel !== undefined) return found(channel);
  const near = nearestWord(
    name,
    channels.map(({ name }) => name),
  );
  const hint =
    near === null ? "A private channel is seen only by its members: invite the bot first" : `Did you mean #${near}`;
  return missing(`The bot sees no channel ${JSON.stringify(typed)}. ${hint}${near === null ? "." : "?"}`);
}

/** What the words of an answer are compared with. */
export interface Known {
  readonly groups: readonly SlackGroup[];
  readonly people: readonly SlackPerson[];
}

/** Finds user groups and people by `@name`, id, or number in the list of groups that was shown; several with commas. */
export function resolveHolders(
  typed: string,
  { groups, people }: Known,
  shown: readonly SlackGroup[] = [],
): Resolved<Holders> {
  const words = typed.split(/[\s,]+/).filter((word) => word !== "");
  if (words.length === 0) return missing("Nobody is named.");
  const named: SlackGroup[] = [];
  const persons: SlackPerson[] = [];
  for (const word of words) {
    const name = word.replace(/^@/, "").toLowerCase();
    const group =
      (/^\d+$/.test(word) ? shown[Number(word) - 1] : undefined) ??
      groups.find(({ id, handle }) => id === word || handle.toLowerCase() === name);
    const person = people.find(({ id, name: other }) => id === word || other.toLowerCase() === name);
    if (group !== undefined) named.push(group);
    else if (person !== undefined) persons.push(person);
    else return missing(nobody(word, name, { groups, people }));
  }
  const [group = null, ...more] = [...new Set(named)];
  if (more.length > 0)
    return missing("A role is held by one user group at most; name one group, and people beside it.");
  return found({ group, people: [...new Set(persons)] });
}

function nobody(word: string, name: string, { groups, people }: Known): string {
  const near = nearestWord(name, [...groups.map(({ handle }) => handle), ...people.map(({ name }) => name)]);
  return `Slack knows no user group or person ${JSON.stringify(word)}.${near === null ? "" : ` Did you mean @${near}?`}`;
}
