import { setTimeout as after } from "node:timers/promises";
import { validateView, viewTooLarge } from "./block-kit/validate.js";
import { checkAsClient, type Field, fieldAt, fieldNamed, fields, stateOf } from "./form.js";
import { isObject, type JsonObject, objectAt, parseJson } from "./json.js";
import { interactionBase, PersonCannot } from "./payloads.js";
import type { Answer, OpenView } from "./types.js";
import { until } from "./waiting.js";
import { viewShape } from "./web-api/shapes.js";
import type { World } from "./world.js";

/** Values by label (or action id). Menus take the option's text or value; lists take several. */
export type FormValues = Readonly<Record<string, string | readonly string[]>>;

/** The answer to a submission. When the bot refused fields: `errors` by label, `errorsByBlock` by block id. */
export type SubmitAnswer = Answer & {
  readonly errors?: Readonly<Record<string, string>>;
  readonly errorsByBlock?: Readonly<Record<string, string>>;
};

/** The modal on top of this person's screen. */
export function topView(world: World, userId: string): OpenView {
  const view = world.views.top(userId);
  if (view === undefined) throw new PersonCannot(`${userId} has no modal open.`);
  return view;
}

/** Fills fields of the top view in order. A field that dispatches notifies the app, which may change the view. */
export async function fill(world: World, userId: string, values: FormValues): Promise<void> {
  let dispatched = false;
  for (const [label, value] of Object.entries(values)) {
    const field = await findField(world, userId, label, dispatched);
    if (await put(world, userId, field, value)) dispatched = true;
  }
}

/** Fills one field of the top view, by block id and action id. */
export async function fillAt(
  world: World,
  userId: string,
  { blockId, actionId, value }: { blockId: string; actionId: string; value: string | readonly string[] },
): Promise<void> {
  const field = fieldAt(topView(world, userId), blockId, actionId);
  if (field === undefined) throw new PersonCannot("The form has changed: there is no such field any more.");
  await put(world, userId, field, value);
}

/** Resolves with whether the change was sent to the app. */
async function put(world: World, userId: string, field: Field, value: string | readonly string[]): Promise<boolean> {
  const state = stateOf(field, value);
  const view = world.views.fill(topView(world, userId), field.blockId, field.actionId, state);
  if (field.dispatches) await dispatch(world, view, field, state);
  return field.dispatches;
}

async function findField(world: World, userId: string, label: string, wait: boolean): Promise<Field> {
  const look = () => fieldNamed(topView(world, userId), label);
  const there = () =>
    fields(topView(world, userId))
      .map((field) => field.label)
      .join(", ");
  const found = look();
  if (found !== undefined) return found;
  if (!wait) throw new PersonCannot(`There is no field "${label}"; there is: ${there()}.`);
  return until<Field>(world.recorder, look, there, `the field "${label}"`, 3_000);
}

async function dispatch(world: World, view: OpenView, field: Field, state: JsonObject): Promise<void> {
  const { action_id, type } = field.element;
  const trigger = world.triggers.issue(view.userId, true);
  await world.delivery.deliver("interactive", {
    type: "block_actions",
    ...interactionBase(world, view.userId),
    container: { type: "view", view_id: view.id },
    trigger_id: trigger,
    view: viewShape(view, world.identity),
    actions: [{ ...state, type, action_id, block_id: field.blockId, action_ts: (world.now() / 1000).toFixed(6) }],
  });
  await after(0);
}

/** Fills the top view and presses its submit button. */
export async function submit(world: World, userId: string, values: FormValues): Promise<SubmitAnswer> {
  await fill(world, userId, values);
  const view = topView(world, userId);
  if (view.submit === undefined) throw new PersonCannot(`The view "${view.title}" has no button to submit it.`);
  checkAsClient(view);
  const answer = await world.delivery.deliver("interactive", {
    type: "view_submission",
    ...interactionBase(world, userId),
    trigger_id: world.triggers.issue(userId, true),
    view: viewShape(view, world.identity),
    response_urls: [],
  });
  if (answer.error !== undefined) return answer;
  return applyAnswer(world, view, answer);
}

function applyAnswer(world: World, view: OpenView, answer: Answer): SubmitAnswer {
  if (answer.body === "") {
    world.views.close(view, "submitted", false);
    return answer;
  }
  const body = parseJson(answer.body);
  const action = isObject(body) ? body.response_action : undefined;
  if (action === "clear") {
    world.views.close(view, "submitted", true);
    return answer;
  }
  if (action === "errors") return { ...answer, ...errorsOf(world, view, objectAt(body, "errors")) };
  if (action === "update" || action === "push") return showView(world, view, action, objectAt(body, "view"), answer);
  world.recorder.violation(
    "invalid_submission_answer",
    `view_submission was answered with ${answer.body.slice(0, 200)}`,
  );
  return { ...answer, error: "dispatch_failed" };
}

function showView(
  world: World,
  view: OpenView,
  action: "update" | "push",
  next: JsonObject,
  answer: Answer,
): SubmitAnswer {
  const findings = validateView(next, "modal");
  if (findings.length > 0 || viewTooLarge(next)) {
    world.recorder.violation("invalid_submission_answer", `${action}: ${findings.join("; ")}`);
    return { ...answer, error: "dispatch_failed" };
  }
  const shown = action === "update" ? world.views.update(view, next) : world.views.push(view.userId, next);
  if (typeof shown === "object") return answer;
  world.recorder.violation("invalid_submission_answer", shown);
  return { ...answer, error: shown };
}

function errorsOf(world: World, view: OpenView, errors: JsonObject): Pick<SubmitAnswer, "errors" | "errorsByBlock"> {
  const shown: Record<string, string> = {};
  const byBlock: Record<string, string> = {};
  const inputs = view.blocks.filter((block) => block.type === "input");
  for (const [blockId, problem] of Object.entries(errors)) {
    const field = fields({ ...view, blocks: inputs }).find((one) => one.blockId === blockId);
    if (field === undefined || typeof problem !== "string" || problem === "") {
      world.recorder.violation("invalid_submission_answer", `errors name ${blockId}, which is no input of the view`);
    } else {
      shown[field.label] = problem;
      byBlock[blockId] = problem;
    }
  }
  if (Object.keys(errors).length === 0)
    world.recorder.violation("invalid_submission_answer", "errors without any error");
  return { errors: shown, errorsByBlock: byBlock };
}
