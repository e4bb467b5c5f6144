import { type Actor, createActor } from "./actor.js";
import { buildWorld } from "./build-world.js";
import type { Redelivery } from "./delivery.js";
import type { Faults } from "./faults.js";
import type { JsonObject } from "./json.js";
import { type KeptWorkspace, keep } from "./kept.js";
import { deletedEvent, eventPayload, receivesMessages } from "./payloads.js";
import type { Recorder, Violation } from "./recorder.js";
import { renderPlain } from "./render-plain.js";
import { signedHeaders } from "./sign.js";
import type {
  Answer,
  Channel,
  DoubleOptions,
  Ephemeral,
  Group,
  Message,
  OpenView,
  Person,
  SentRequest,
} from "./types.js";
import { settled, until } from "./waiting.js";
import type { ChannelSpec } from "./workspace.js";

/** A strict imitation of Slack in this process: its Web API, its requests to the bot, Socket Mode, and its people. */
export interface SlackDouble {
  /** Base of the Web API, such as `http://127.0.0.1:4991/api/`. */
  readonly apiUrl: string;
  /** The TCP port on 127.0.0.1. */
  readonly port: number;
  readonly botToken: string;
  readonly signingSecret: string;
  readonly appToken: string;
  readonly teamId: string;
  readonly appId: string;
  readonly botUserId: string;
  readonly botId: string;
  readonly enterpriseId: string | undefined;
  /** Sets the URLs that get requests over HTTP, in turn. Without a URL requests go over Socket Mode. */
  connect(target: { readonly eventsUrl: string | readonly string[] | undefined }): void;
  readonly people: { add(person: Person): void; update(id: string, patch: Partial<Omit<Person, "id">>): void };
  readonly groups: {
    add(id: string, handle: string, users: readonly string[]): void;
    set(id: string, users: readonly string[]): void;
  };
  readonly channels: {
    add(channel: ChannelSpec): void;
    update(id: string, patch: Partial<Omit<Channel, "id">>): void;
    join(id: string, userId: string): void;
    leave(id: string, userId: string): void;
  };
  /** The contents of the workspace. */
  readonly there: {
    people(): readonly Person[];
    groups(): readonly Group[];
    /** The conversations that this person can open. */
    conversations(userId: string): readonly Channel[];
  };
  /** The contents of the workspace, to be passed to a later double as `kept`. */
  keep(): KeptWorkspace;
  /** The actor of this person. */
  as(userId: string): Actor;
  readonly record: Recorder;
  readonly violations: readonly Violation[];
  /** Current messages of a channel (id or #name), oldest first, replies included. */
  messages(channel: string): Message[];
  /** The channel id of the direct message between the bot and this person. */
  dm(userId: string): string;
  /** The direct messages between the bot and this person. */
  inbox(userId: string): Message[];
  /** The messages that only this person sees and has not dismissed. */
  ephemerals(userId: string): Ephemeral[];
  /** The modal on top of this person's screen. */
  view(userId: string): OpenView | undefined;
  /** All modals on this person's screen, the top one last. */
  views(userId: string): readonly OpenView[];
  home(userId: string): OpenView | undefined;
  /** The message as plain text, with names. */
  render(message: Message | Ephemeral | OpenView, options?: { readonly timeZone?: string }): string;
  /** Resolves when no request from or to the bot has been in flight for `quietMs`. */
  settled(quietMs?: number): Promise<void>;
  /**
   * Resolves with the result of the predicate, which runs at every recorded change. Rejects after the timeout, with an
   * overview.
   */
  until<T>(predicate: () => T | boolean | null | undefined, label: string, timeoutMs?: number): Promise<T>;
  readonly faults: Faults;
  /** Gives the bot token exactly these scopes, as installing the app again does. */
  grant(scopes: readonly string[]): void;
  /** Deletes a message as an admin does, and tells the bot. */
  deleteMessage(channel: string, ts: string): Promise<void>;
  /** Deletes a message without telling the bot, as when Slack's event is lost. */
  loseMessage(channel: string, ts: string): void;
  readonly sockets: {
    readonly connections: number;
    /** While set, every connection is greeted and closed at once. */
    greetAndClose: boolean;
    disconnect(reason?: "refresh_requested" | "warning" | "link_disabled"): void;
    cut(): void;
  };
  /** Sends any event of the Events API, subscribed or not. */
  event(event: JsonObject, again?: Redelivery): Promise<Answer>;
  /** Sends exactly these bytes and headers. */
  send(rawBody: string, headers: Readonly<Record<string, string>>): Promise<Answer>;
  /** Headers that sign a body; the time defaults to now. */
  sign(rawBody: string, timestampSeconds?: number): Record<string, string>;
  readonly lastRequest: SentRequest | undefined;
  /**
   * Sends a request again: with the same bytes and signature, or, with a retry number, as Slack's own retry with a new
   * signature.
   */
  replay(request?: SentRequest, again?: Redelivery): Promise<Answer>;
  stop(): Promise<void>;
}

/** Generous, since a loaded machine takes several times as long: it only ends waits for what never happens. */
const UNTIL_MS = 60_000;

/** Starts a double. Stop it when done. */
export async function createSlackDouble(options: DoubleOptions = {}): Promise<SlackDouble> {
  const { world, server, sockets } = await buildWorld(options);
  const { identity, workspace, recorder, delivery } = world;

  const replay = (request: SentRequest | undefined = recorder.requests.at(-1), again?: Redelivery): Promise<Answer> => {
    if (request === undefined) throw new Error("Nothing was sent yet, so there is nothing to replay.");
    const resend = again !== undefined || request.via === "socket";
    if (resend && request.kind !== "raw") return delivery.deliver(request.kind, request.payload, again);
    return delivery.sendRaw(request.rawBody, request.headers);
  };
  const channelOf = (id: string): Channel => {
    const channel = workspace.channels.get(id);
    if (channel === undefined) throw new Error(`There is no channel ${id} in this workspace.`);
    return channel;
  };

  const deleteMessage = (channel: string, ts: string): Message => {
    const message = world.messages.get(workspace.findChannel(channel)?.id ?? channel, ts);
    if (message === undefined) throw new Error(`There is no message ${ts} in ${channel}.`);
    world.messages.delete(message);
    return message;
  };

  return {
    apiUrl: `${server.origin}/api/`,
    port: Number(new URL(server.origin).port),
    botToken: identity.botToken,
    signingSecret: identity.signingSecret,
    appToken: identity.appToken,
    teamId: identity.teamId,
    appId: identity.appId,
    botUserId: identity.botUserId,
    botId: identity.botId,
    enterpriseId: identity.enterpriseId,
    connect: ({ eventsUrl = [] }) => delivery.connect(typeof eventsUrl === "string" ? [eventsUrl] : eventsUrl),
    people: {
      add: (person) => workspace.putPerson(person),
      update: (id, patch) => workspace.putPerson({ ...workspace.person(id), ...patch }),
    },
    groups: {
      add: (id, handle, users) => workspace.putGroup({ id, handle: handle.replace(/^@/, ""), users: [...users] }),
      set: (id, users) => {
        const group = workspace.groups.get(id);
        if (group === undefined) throw new Error(`There is no group ${id} in this workspace.`);
        workspace.putGroup({ ...group, users: [...users] });
      },
    },
    channels: {
      add: (channel) => workspace.putChannel(channel),
      update: (id, patch) => workspace.patchChannel(id, patch),
      join: (id, userId) => workspace.patchChannel(id, { members: [...new Set([...channelOf(id).members, userId])] }),
      leave: (id, userId) =>
        workspace.patchChannel(id, { members: channelOf(id).members.filter((one) => one !== userId) }),
    },
    there: {
      people: () => [...workspace.people.values()],
      groups: () => [...workspace.groups.values()],
      conversations: (userId) =>
        [...workspace.channels.values()].filter((channel) => workspace.canSee(userId, channel)),
    },
    keep: () => keep(world),
    as: (userId) => createActor(world, userId),
    record: recorder,
    get violations() {
      return recorder.violations;
    },
    messages: (channel) => world.messages.list(workspace.findChannel(channel)?.id ?? channel),
    dm: (userId) => workspace.direct(userId).id,
    inbox: (userId) => world.messages.list(workspace.direct(userId).id),
    ephemerals: (userId) => recorder.ephemerals.filter((one) => one.user === userId && one.deleted === undefined),
    view: (userId) => world.views.top(userId),
    views: (userId) => world.views.stack(userId),
    home: (userId) => world.views.home(userId),
    render: (message, { timeZone } = {}) =>
      renderPlain(message, { names: workspace, ...(timeZone ? { timeZone } : {}) }),
    settled: (quietMs = 20) => settled(recorder, quietMs),
    until: (predicate, label, timeoutMs = UNTIL_MS) =>
      until(recorder, predicate, () => overview(world), label, timeoutMs),
    faults: world.faults,
    grant: (scopes) => {
      world.scopes.clear();
      for (const scope of scopes) world.scopes.add(scope);
      recorder.changed();
    },
    loseMessage: (channel, ts) => void deleteMessage(channel, ts),
    deleteMessage: async (channel, ts) => {
      const message = deleteMessage(channel, ts);
      const where = channelOf(message.channel);
      if (!receivesMessages(world, where)) return;
      await delivery.deliver("events_api", eventPayload(world, deletedEvent(world, message, where)));
    },
    sockets,
    event: (event, again) => delivery.deliver("events_api", eventPayload(world, event), again),
    send: (rawBody, headers) => delivery.sendRaw(rawBody, headers),
    sign: (rawBody, timestampSeconds = Math.floor(world.signatureNow() / 1000)) =>
      signedHeaders(identity.signingSecret, timestampSeconds, rawBody),
    get lastRequest() {
      return recorder.requests.at(-1);
    },
    replay,
    stop: async () => {
      delivery.stop();
      sockets.cut();
      await server.close();
    },
  };
}

/** What the workspace shows, for the error of a wait that timed out. */
function overview({ recorder, workspace, messages, views }: Awaited<ReturnType<typeof buildWorld>>["world"]): string {
  const lines = [...workspace.channels.values()].flatMap((channel) =>
    messages.list(channel.id).map((one) => `  #${channel.name} ${one.ts} ${one.user}: ${one.text.slice(0, 160)}`),
  );
  const ephemerals = recorder.ephemerals.slice(-5).map((one) => `  (only ${one.user}) ${one.text.slice(0, 160)}`);
  const open = [...workspace.people.keys()].flatMap((id) => {
    const view = views.top(id);
    return view === undefined ? [] : [`  ${id} has "${view.title}" open`];
  });
  const failed = recorder.calls.filter((call) => !call.ok).slice(-5);
  const refusals = failed.map((call) => `  ${call.method} refused: ${JSON.stringify(call.response).slice(0, 300)}`);
  const violations = recorder.violations.slice(-5).map((one) => `  violation ${one.rule}: ${one.detail}`);
  const all = [...lines.slice(-20), ...ephemerals, ...open, ...refusals, ...violations];
  return all.length === 0 ? "  nothing at all" : all.join("\n");
}
