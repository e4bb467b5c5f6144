import { z } from "zod";
import { createIncidents, type Incident } from "./incidents.js";
import { openService, type Service } from "./service.js";

/** The end of the REST endpoint's path: the integration key and the routing key. */
const KEYS = "558e7ebc-1234-4f0a-9b3d-secretkey001/database";

/** A double of Splunk On-Call's REST endpoint, as strict as its published glossary of fields. */
export interface SplunkDouble extends Service {
  /** The full endpoint URL, as an operator copies it. */
  readonly address: string;
  readonly incidents: readonly Incident[];
  readonly refused: readonly string[];
}

const seconds = z.int().min(1_000_000_000).max(9_999_999_999);
const detail = z.union([z.string(), z.number(), z.array(z.string())]);
const message = z
  .object({
    message_type: z.enum(["CRITICAL", "WARNING", "ACKNOWLEDGEMENT", "INFO", "RECOVERY"]),
    entity_id: z.string().min(1).max(512),
    entity_display_name: z.string().optional(),
    state_message: z.string().max(20_480).optional(),
    state_start_time: seconds.optional(),
    timestamp: seconds.optional(),
    monitoring_tool: z.string().optional(),
  })
  .catchall(detail);

export async function openSplunkDouble(): Promise<SplunkDouble> {
  const incidents = createIncidents();
  const refused: string[] = [];
  const service = await openService(({ method, url, json }) => {
    if (method !== "POST" || url !== `/integrations/generic/20131114/alert/${KEYS}`) return { status: 404 };
    const read = message.safeParse(json);
    if (!read.success) {
      refused.push(...read.error.issues.map(({ path, message: reason }) => `${path.join(".")}: ${reason}`));
      return { status: 400, json: { result: "failure", message: "The alert is malformed" } };
    }
    const { message_type: type, entity_id: key, state_message: summary = "" } = read.data;
    const links = Object.entries(read.data).flatMap(([name, value]) =>
      name.startsWith("vo_annotate.u.") && typeof value === "string" ? [value] : [],
    );
    if (type === "CRITICAL") incidents.trigger(key, summary, links);
    else if (type === "ACKNOWLEDGEMENT") incidents.move(key, "acknowledged");
    else if (type === "RECOVERY") incidents.move(key, "resolved");
    return { status: 200, json: { result: "success", entity_id: key } };
  });
  return {
    ...service,
    address: `${service.base}integrations/generic/20131114/alert/${KEYS}`,
    get incidents() {
      return incidents.all();
    },
    refused,
  };
}
