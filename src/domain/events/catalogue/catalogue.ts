import { bypassEvents } from "./bypass.js";
import { type EventActor, type EventDefinition, type EventOf, type EventStream, isOneOf } from "./define.js";
import { deliveryEvents } from "./delivery.js";
import { gateEvents } from "./gate.js";
import { noticeEvents } from "./notices.js";
import { reviewEvents, reviewOpeningEvents } from "./review.js";
import { sharedEvents, systemEvents } from "./system.js";

/** What the events are about, in the order of the reference page. An event stands in one of these lists and nowhere else. */
export const SUBJECTS = [
  { title: "The bypass", events: bypassEvents },
  { title: "The alert and the pages", events: deliveryEvents },
  { title: "The review and its actions", events: [...reviewOpeningEvents, ...reviewEvents] },
  { title: "Sick gates", events: gateEvents },
  { title: "Reminders and the digest", events: noticeEvents },
  { title: "The bot and its policy", events: systemEvents },
  { title: "In any stream", events: sharedEvents },
] as const;

type Definition = (typeof SUBJECTS)[number]["events"][number];

/** Every event that the trail may hold. */
export const CATALOGUE: readonly Definition[] = SUBJECTS.flatMap(({ events }): readonly Definition[] => events);

/** Any event that an entry may tell. */
export type TrailEvent = EventOf<Definition>;
export type EventType = TrailEvent["type"];

/** The events of one bypass. `evolve` handles each, and the compiler says which is missing. */
export type BypassEvent = EventOf<Extract<Definition, { readonly stream: "bypass" | "both" }>>;

/** The events that belong to no bypass; they stand in the same chain under the stream `system`. */
export type SystemEvent = EventOf<Extract<Definition, { readonly stream: "system" | "both" }>>;

const BY_TYPE: ReadonlyMap<string, Definition> = new Map(CATALOGUE.map((definition) => [definition.type, definition]));

/** The definition of an event; `undefined` for a word that is no event's type. */
export const definitionOf = (type: string): (EventDefinition & { readonly type: EventType }) | undefined =>
  BY_TYPE.get(type);

/** Who may cause an event of that type. */
export function actorOf(type: EventType): EventActor {
  const definition = BY_TYPE.get(type);
  if (definition === undefined) throw new Error(`There is no event ${type}.`);
  return definition.actor;
}

/** May this event stand in the stream of a bypass? The others belong to the system's. */
export const isBypassEvent = isOneOf<BypassEvent>(CATALOGUE.filter((definition) => definition.stream !== "system"));

/** The catalogue as the database needs it: which type stands in which stream, and who causes it. */
export const EVENT_TYPES: readonly {
  readonly type: EventType;
  readonly stream: EventStream;
  readonly actor: EventActor;
}[] = CATALOGUE.map(({ type, stream, actor }) => ({ type, stream, actor }));
