import { isObject, type JsonObject, objectsAt } from "../json.js";
import { blocksOf, MAX_VIEW_BYTES, privateMetadata, type Surface, viewId, viewLabel } from "./blocks.js";
import { type Check, flag, object, type Report } from "./check.js";
import { checkBetween, checkModal } from "./rules.js";

/** Slack's findings about a payload; empty when it accepts it. Each line ends with a JSON pointer to the place. */
export type Findings = readonly string[];

function collect(look: (report: Report) => void): Findings {
  const findings: string[] = [];
  look((problem, at) => findings.push(`[ERROR] ${problem} [json-pointer:${at}]`));
  return findings;
}

/** Checks blocks as Slack would for a message, a modal or the Home tab. */
export function validateBlocks(blocks: unknown, surface: Surface): Findings {
  return collect((report) => {
    blocksOf(surface)(blocks, "/blocks", report);
    if (Array.isArray(blocks)) checkBetween(blocks.filter(isObject), "/blocks", report);
  });
}

const shared = { private_metadata: privateMetadata, callback_id: viewId, external_id: viewId };
const views: Record<"modal" | "home", Check> = {
  modal: object({
    required: { title: viewLabel, blocks: blocksOf("modal") },
    optional: { ...shared, submit: viewLabel, close: viewLabel, clear_on_close: flag, notify_on_close: flag },
  }),
  home: object({ required: { blocks: blocksOf("home") }, optional: shared }),
};

/** Checks a whole view except for its size, for which Slack has an error code of its own. */
export function validateView(view: unknown, type: "modal" | "home"): Findings {
  return collect((report) => {
    if (!isObject(view)) return report("must be an object", "/view");
    if (view.type !== type) report(`must be a ${type} view`, "/type");
    views[type](view, "", report);
    checkBetween(objectsAt(view, "blocks"), "/blocks", report);
    if (type === "modal") checkModal(view, report);
  });
}

/** Reports whether a view is larger than Slack accepts (250 KB of JSON). */
export function viewTooLarge(view: JsonObject): boolean {
  return Buffer.byteLength(JSON.stringify(view)) > MAX_VIEW_BYTES;
}
