import { validateView, viewTooLarge } from "../block-kit/validate.js";
import { isObject, type JsonObject } from "../json.js";
import type { OpenView } from "../types.js";
import type { World } from "../world.js";
import { textArg } from "./args.js";
import { type Methods, refuseArguments, SlackError } from "./method.js";
import { viewShape } from "./shapes.js";

function viewArg(args: JsonObject, type: "modal" | "home"): JsonObject {
  const view = args.view;
  const findings = validateView(view, type);
  if (findings.length > 0 || !isObject(view)) refuseArguments("invalid_arguments", findings);
  if (viewTooLarge(view)) throw new SlackError("view_too_large");
  return view;
}

function exchange(world: World, args: JsonObject) {
  const trigger = world.triggers.exchange(textArg(args, "trigger_id") ?? "");
  if ("error" in trigger) throw new SlackError(trigger.error);
  return trigger;
}

function refuseTakenExternalId(world: World, payload: JsonObject, own?: OpenView): void {
  const externalId = textArg(payload, "external_id");
  const other = externalId === undefined ? undefined : world.views.find(undefined, externalId);
  if (other !== undefined && other.id !== own?.id) throw new SlackError("duplicate_external_id");
}

function open(world: World, args: JsonObject): JsonObject {
  const payload = viewArg(args, "modal");
  const { userId } = exchange(world, args);
  refuseTakenExternalId(world, payload);
  return { view: viewShape(world.views.open(userId, payload), world.identity) };
}

function push(world: World, args: JsonObject): JsonObject {
  const payload = viewArg(args, "modal");
  const { userId, fromView } = exchange(world, args);
  refuseTakenExternalId(world, payload);
  const pushed = fromView ? world.views.push(userId, payload) : "not_found";
  if (typeof pushed === "string") throw new SlackError(pushed);
  return { view: viewShape(pushed, world.identity) };
}

function update(world: World, args: JsonObject): JsonObject {
  const payload = viewArg(args, isObject(args.view) && args.view.type === "home" ? "home" : "modal");
  const view = world.views.find(textArg(args, "view_id"), textArg(args, "external_id"));
  if (view === undefined || view.type !== payload.type) throw new SlackError("not_found");
  const hash = textArg(args, "hash");
  if (hash === undefined) world.recorder.violation("missing_hash", `views.update of ${view.id} without hash`);
  else if (hash !== view.hash) throw new SlackError("hash_conflict");
  refuseTakenExternalId(world, payload, view);
  return { view: viewShape(world.views.update(view, payload), world.identity) };
}

function publish(world: World, args: JsonObject): JsonObject {
  const payload = viewArg(args, "home");
  const userId = textArg(args, "user_id") ?? "";
  if (!world.workspace.people.has(userId)) throw new SlackError("user_not_found");
  const hash = textArg(args, "hash");
  const current = world.views.home(userId);
  if (hash !== undefined && current !== undefined && current.hash !== hash) throw new SlackError("hash_conflict");
  return { view: viewShape(world.views.publish(userId, payload), world.identity) };
}

const trigger = ["view", "trigger_id"];

/** views.* */
export const views: Methods = {
  "views.open": { required: trigger, args: [...trigger, "interactivity_pointer"], run: open },
  "views.push": { required: trigger, args: [...trigger, "interactivity_pointer"], run: push },
  "views.update": { required: ["view"], args: ["view", "view_id", "external_id", "hash"], run: update },
  "views.publish": { required: ["view", "user_id"], args: ["view", "user_id", "hash"], run: publish },
};
