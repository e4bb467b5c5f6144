import { isObject, type JsonObject, objectAt, objectsAt, textAt } from "../json.js";
import type { Report } from "./check.js";

/** The elements of a block that a person can press or fill in. */
export function elementsOf(block: JsonObject): JsonObject[] {
  const single = [block.accessory, block.element].filter(isObject);
  const several = block.type === "actions" || block.type === "context_actions" ? objectsAt(block, "elements") : [];
  return [...single, ...several].filter((element) => element.type !== "image");
}

function reportTwins(names: readonly (string | undefined)[], what: string, at: string, report: Report): void {
  const given = names.filter((name) => name !== undefined);
  const twin = given.find((name, index) => given.indexOf(name) !== index);
  if (twin !== undefined) report(`duplicate ${what}: ${twin}`, at);
}

/** Rules between blocks: ids are unique, and at most one element takes the focus. */
export function checkBetween(blocks: readonly JsonObject[], at: string, report: Report): void {
  reportTwins(
    blocks.map((block) => textAt(block, "block_id")),
    "block_id",
    at,
    report,
  );
  for (const [index, block] of blocks.entries()) {
    reportTwins(
      elementsOf(block).map((element) => textAt(element, "action_id")),
      "action_id",
      `${at}/${index}`,
      report,
    );
  }
  const focused = blocks.flatMap(elementsOf).filter((element) => element.focus_on_load === true);
  if (focused.length > 1) report("only one element may have focus_on_load", at);
}

/** Rules between the parts of a modal. */
export function checkModal(view: JsonObject, report: Report): void {
  const hasInput = objectsAt(view, "blocks").some((block) => block.type === "input");
  if (hasInput && objectAt(view, "submit").text === undefined) {
    report("must provide submit when blocks hold an input", "/submit");
  }
}
