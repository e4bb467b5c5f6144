import { afterAll, beforeAll, expect, test } from "vitest";
import { EVENT_TYPES, type EventType } from "../../../src/domain/events/catalogue/catalogue.js";
import { type Forge, openForge } from "./forge.js";

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
});
afterAll(() => forge.close());

test("the database knows exactly the event types of the catalogue, with their stream and actor", async () => {
  const stored = await forge.app`SELECT type, stream, actor FROM breakglass.event_types ORDER BY type COLLATE "C"`;
  expect([...stored]).toEqual([...EVENT_TYPES].sort((a, b) => (a.type < b.type ? -1 : 1)));
});

/** Does not compile when the code and the list differ in an event type. */
type Listed = (typeof EVENT_TYPES)[number]["type"];
const same: [Exclude<EventType, Listed>, Exclude<Listed, EventType>] extends [never, never] ? true : false = true;

test("the list holds each event type once", () => {
  expect(same).toBe(true);
  expect(new Set(EVENT_TYPES.map(({ type }) => type)).size).toBe(EVENT_TYPES.length);
});
