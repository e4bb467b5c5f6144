import type { Channel, Group, Person } from "./types.js";

/** A channel as a test describes it. */
export interface ChannelSpec {
  readonly id: string;
  readonly name: string;
  readonly private?: boolean;
  readonly shared?: boolean;
  readonly archived?: boolean;
  readonly members: readonly string[];
  readonly botIsMember?: boolean;
}

/** The people, groups and conversations of the workspace. Direct messages are created when first needed. */
export class Workspace {
  readonly people = new Map<string, Person>();
  readonly groups = new Map<string, Group>();
  readonly channels = new Map<string, Channel>();
  readonly #ids: (prefix: string) => string;
  readonly #changed: () => void;
  readonly botUserId: string;

  constructor(botUserId: string, ids: (prefix: string) => string, changed: () => void) {
    this.botUserId = botUserId;
    this.#ids = ids;
    this.#changed = changed;
  }

  putPerson(person: Person): void {
    this.people.set(person.id, person);
    this.#changed();
  }

  putGroup(group: Group): void {
    this.groups.set(group.id, group);
    this.#changed();
  }

  putChannel(spec: ChannelSpec): void {
    this.channels.set(spec.id, {
      id: spec.id,
      name: spec.name.replace(/^#/, ""),
      kind: spec.private === true ? "private" : "public",
      shared: spec.shared ?? false,
      archived: spec.archived ?? false,
      members: [...spec.members],
      botIsMember: spec.botIsMember ?? true,
    });
    this.#changed();
  }

  patchChannel(id: string, patch: Partial<Channel>): void {
    const channel = this.channels.get(id);
    if (channel === undefined) throw new Error(`There is no channel ${id} in this workspace.`);
    this.channels.set(id, { ...channel, ...patch });
    this.#changed();
  }

  person(id: string): Person {
    const person = this.people.get(id);
    if (person === undefined) throw new Error(`There is no person ${id} in this workspace; add them first.`);
    return person;
  }

  /** A channel by id, `#name` or name. */
  findChannel(idOrName: string): Channel | undefined {
    const name = idOrName.replace(/^#/, "");
    return this.channels.get(idOrName) ?? [...this.channels.values()].find((channel) => channel.name === name);
  }

  /** The direct message between the bot and one person. Creates it when needed. */
  direct(userId: string): Channel {
    return this.#conversation("im", [userId]);
  }

  /** The group message of the bot and these people. Creates it when needed. */
  groupMessage(userIds: readonly string[]): Channel {
    return this.#conversation("mpim", [...userIds].sort());
  }

  #conversation(kind: "im" | "mpim", members: readonly string[]): Channel {
    const key = members.join(",");
    const found = [...this.channels.values()].find((one) => one.kind === kind && one.members.join(",") === key);
    if (found !== undefined) return found;
    return this.#putConversation(this.#ids(kind === "im" ? "D" : "G"), kind, members);
  }

  /** Restores a direct message of an earlier workspace, with its id. */
  putDirect(id: string, members: readonly string[]): void {
    this.#putConversation(id, "im", members);
  }

  #putConversation(id: string, kind: "im" | "mpim", members: readonly string[]): Channel {
    const made: Channel = { id, name: id, kind, shared: false, archived: false, members, botIsMember: true };
    this.channels.set(id, made);
    return made;
  }

  /** Reports whether a person can open the conversation and see its messages. */
  canSee(userId: string, channel: Channel): boolean {
    if (channel.members.includes(userId)) return true;
    const person = this.people.get(userId);
    return channel.kind === "public" && person?.guest === undefined && person?.teamId === undefined;
  }
}
