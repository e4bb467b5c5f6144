import { bypassEvents } from "./bypass.js";
import { type EventActor, type EventDefinition, type EventOf, type EventStream, isOneOf } from "./define.js";
import { deliveryEvents } from "./delivery.js";
import { gateEvents } from "./gate.js";
import { noticeEvents } from "./notices.js";
import { reviewEvents, reviewOpeningEvents } from "./review.js";
import { sharedEvents, systemEvents } from "./system.js";
import { useEvents } from "./use.js";
import { webhookEvents } from "./webhooks.js";

/** All events by subject, in the order of the reference page. Each event is in exactly one list. */
export const SUBJECTS = [
  { title: "The bypass", events: bypassEvents },
  { title: "The alert and the pages", events: deliveryEvents },
  { title: "The review and its actions", events: [...reviewOpeningEvents, ...reviewEvents] },
  { title: "Uses of a grant", events: useEvents },
  { title: "Sick gates", events: gateEvents },
  { title: "Reminders and the digest", events: noticeEvents },
  { title: "Webhooks", events: webhookEvents },
  { title: "The bot and its policy", events: systemEvents },
  { title: "In any stream", events: sharedEvents },
] as const;

type Definition = (typeof SUBJECTS)[number]["events"][number];

/** The definition of every event that the trail may hold. */
export const CATALOGUE: readonly Definition[] = SUBJECTS.flatMap(({ events }): readonly Definition[] => events);

/** Any event of the trail. */
export type TrailEvent = EventOf<Definition>;
/** The name of an event. */
export type EventType = TrailEvent["type"];

/** The events of a bypass's stream. `evolve` handles each one; the compiler reports a missing one. */
export type BypassEvent = EventOf<Extract<Definition, { readonly stream: "bypass" | "both" }>>;

/** The events that belong to no bypass. They are part of the same chain, in the stream `system`. */
export type SystemEvent = EventOf<Extract<Definition, { readonly stream: "system" | "both" }>>;

const BY_TYPE: ReadonlyMap<string, Definition> = new Map(CATALOGUE.map((definition) => [definition.type, definition]));

/** The definition of an event type; `undefined` for an unknown type. */
export const definitionOf = (type: string): (EventDefinition & { readonly type: EventType }) | undefined =>
  BY_TYPE.get(type);

/**
 * Who may cause an event of that type.
 * @throws for an unknown type
 */
export function actorOf(type: EventType): EventActor {
  const definition = BY_TYPE.get(type);
  if (definition === undefined) throw new Error(`There is no event ${type}.`);
  return definition.actor;
}

/** Whether an event of that type may stand in a bypass's stream, or in the system's. */
export function belongsIn(stream: Exclude<EventStream, "both">, type: EventType): boolean {
  const defined = BY_TYPE.get(type)?.stream;
  return defined === stream || defined === "both";
}

/** Whether this event may stand in a bypass's stream. All others belong to the system's. */
export const isBypassEvent = isOneOf<BypassEvent>(CATALOGUE.filter((definition) => definition.stream !== "system"));

/** Whether this event may stand in the system's stream. */
export const isSystemEvent = isOneOf<SystemEvent>(CATALOGUE.filter((definition) => definition.stream !== "bypass"));

/** What the database needs of the catalogue: the stream of each event type, and who may cause it. */
export const EVENT_TYPES: readonly {
  readonly type: EventType;
  readonly stream: EventStream;
  readonly actor: EventActor;
}[] = CATALOGUE.map(({ type, stream, actor }) => ({ type, stream, actor }));
