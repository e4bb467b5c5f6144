import { z } from "zod";
import { createIncidents, type Incident } from "./incidents.js";
import { openService, type Received, type Reply, type Service } from "./service.js";

/** An integration key in PagerDuty's format: 32 hexadecimal digits. */
export const ROUTING_KEY = "e93facc04764012d7bfb002500d5d1a6";
export const API_TOKEN = "u-plus-NgzVsWnqL5mxpFnqAbcD";

/** A double of PagerDuty's Events API v2 and `GET /oncalls`, as strict as the published schemas. */
export interface PagerDutyDouble extends Service {
  readonly incidents: readonly Incident[];
  /** The reasons for which events were refused. */
  readonly refused: readonly string[];
  /** Sets who is on call in a schedule. A schedule that was never set does not exist. */
  onCall(schedule: string, users: readonly string[]): void;
}

const MAX_BYTES = 512 * 1024;
const url = z.url();
const link = z.strictObject({ href: url, text: z.string().optional() });
const base = {
  routing_key: z.string().length(32, "Length of 'routing_key' is incorrect (should be 32 characters)"),
  client: z.string().optional(),
  client_url: url.optional(),
  links: z.array(link).optional(),
  images: z.array(z.strictObject({ src: url, href: url.optional(), alt: z.string().optional() })).optional(),
};
const payload = z.strictObject({
  summary: z
    .string()
    .min(1)
    .refine((text) => Array.from(text).length <= 1024, "'summary' is too long"),
  source: z.string().min(1),
  severity: z.enum(["critical", "error", "warning", "info"]),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.record(z.string(), z.unknown()).optional(),
});
const key = z.string().min(1).max(255);
const event = z.discriminatedUnion("event_action", [
  z.strictObject({ ...base, event_action: z.literal("trigger"), dedup_key: key.optional(), payload }),
  z.strictObject({ ...base, event_action: z.literal("acknowledge"), dedup_key: key, payload: payload.optional() }),
  z.strictObject({ ...base, event_action: z.literal("resolve"), dedup_key: key, payload: payload.optional() }),
]);

export async function openPagerDutyDouble(): Promise<PagerDutyDouble> {
  const incidents = createIncidents();
  const refused: string[] = [];
  const schedules = new Map<string, readonly string[]>();

  const invalid = (errors: readonly string[]): Reply => {
    refused.push(...errors);
    return { status: 400, json: { status: "invalid event", message: "Event object is invalid", errors } };
  };
  const enqueue = ({ json, bytes }: Received): Reply => {
    if (bytes > MAX_BYTES) return invalid(["The event is larger than 512 KB"]);
    const read = event.safeParse(json);
    if (!read.success) return invalid(read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
    const { data } = read;
    // PagerDuty accepts a well-formed but unknown key without an error. The double refuses it, so that tests notice.
    if (data.routing_key !== ROUTING_KEY) return invalid(["Invalid routing key"]);
    const dedup = data.dedup_key ?? "made-up";
    if (data.event_action === "trigger") {
      incidents.trigger(
        dedup,
        data.payload.summary,
        (data.links ?? []).map(({ href }) => href),
      );
    } else incidents.move(dedup, data.event_action === "resolve" ? "resolved" : "acknowledged");
    return { status: 202, json: { status: "success", message: "Event processed", dedup_key: dedup } };
  };
  const onCalls = ({ url: target, headers }: Received): Reply => {
    if (headers.authorization !== `Token token=${API_TOKEN}`) return { status: 401 };
    if (headers.accept !== "application/vnd.pagerduty+json;version=2") return { status: 406 };
    const query = new URL(target, "http://pagerduty").searchParams;
    const scheduleIds = query.getAll("schedule_ids[]");
    if (query.get("earliest") !== "true" || scheduleIds.length === 0) return { status: 400 };
    const limit = Number(query.get("limit") ?? 25);
    const offset = Number(query.get("offset") ?? 0);
    if (!(limit >= 1 && limit <= 100)) return { status: 400 };
    const [unknown] = scheduleIds.filter((id) => !schedules.has(id));
    if (unknown !== undefined) return { status: 404, json: { error: { code: 2100, message: "Not Found" } } };
    const all = scheduleIds.flatMap((id) => (schedules.get(id) ?? []).map((user) => shift(id, user)));
    const oncalls = all.slice(offset, offset + limit);
    return { status: 200, json: { oncalls, limit, offset, more: offset + limit < all.length, total: null } };
  };

  const service = await openService((request) => {
    const path = request.url.split("?")[0];
    if (request.method === "POST" && path === "/v2/enqueue") return enqueue(request);
    if (request.method === "GET" && path === "/oncalls") return onCalls(request);
    return { status: 404 };
  });
  return {
    ...service,
    get incidents() {
      return incidents.all();
    },
    refused,
    onCall: (schedule, users) => void schedules.set(schedule, users),
  };
}

const reference = (id: string, type: string) => ({
  id,
  type: `${type}_reference`,
  summary: id,
  self: null,
  html_url: null,
});

const shift = (schedule: string, user: string) => ({
  user: reference(user, "user"),
  schedule: reference(schedule, "schedule"),
  escalation_policy: reference("P0POLICY", "escalation_policy"),
  escalation_level: 1,
  start: "2026-03-07T15:28:51-05:00",
  end: "2026-03-14T15:28:51-05:00",
});
