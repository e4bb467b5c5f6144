import { fillIds } from "./block-kit/fill-ids.js";
import { secretHex } from "./ids.js";
import { isObject, type JsonObject, objectAt, objectsAt, textAt } from "./json.js";
import type { Recorder, ViewChange } from "./recorder.js";
import type { OpenView } from "./types.js";
import { initialValues } from "./view-state.js";

/** The most views in a modal stack (Slack's limit). */
const STACK = 3;

interface Setup {
  readonly recorder: Recorder;
  readonly now: () => number;
  readonly id: (prefix: string) => string;
  readonly blockId: () => string;
}

/** The open views of each person: a stack of modals, and the Home tab. */
export class Views {
  readonly #stacks = new Map<string, OpenView[]>();
  readonly #homes = new Map<string, OpenView>();
  readonly #setup: Setup;

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  top(userId: string): OpenView | undefined {
    return this.#stacks.get(userId)?.at(-1);
  }

  stack(userId: string): readonly OpenView[] {
    return this.#stacks.get(userId) ?? [];
  }

  home(userId: string): OpenView | undefined {
    return this.#homes.get(userId);
  }

  /** All Home tabs. */
  homes(): OpenView[] {
    return [...this.#homes.values()];
  }

  /** Restores the Home tabs of an earlier double. */
  putBack(homes: readonly OpenView[]): void {
    for (const home of homes) this.#homes.set(home.userId, home);
  }

  find(id: string | undefined, externalId: string | undefined): OpenView | undefined {
    return [...this.#stacks.values(), [...this.#homes.values()]]
      .flat()
      .find((view) =>
        id !== undefined ? view.id === id : externalId !== undefined && view.external_id === externalId,
      );
  }

  /** Opens a modal in place of what was open. */
  open(userId: string, payload: JsonObject): OpenView {
    const view = this.#build(userId, payload, this.#setup.id("V"));
    this.#stacks.set(userId, [view]);
    return this.#record("opened", view);
  }

  /** Puts a view on top of the stack, or returns why it cannot. */
  push(userId: string, payload: JsonObject): OpenView | "push_limit_reached" | "not_found" {
    const stack = this.stack(userId);
    const below = stack.at(-1);
    if (below === undefined) return "not_found";
    if (stack.length >= STACK) return "push_limit_reached";
    const built = this.#build(userId, payload, this.#setup.id("V"));
    const view = { ...built, root_view_id: below.root_view_id, previous_view_id: below.id };
    this.#stacks.set(userId, [...stack, view]);
    return this.#record("pushed", view);
  }

  /** Replaces a view's content. The id stays, the hash is new, and values stay under unchanged ids. */
  update(old: OpenView, payload: JsonObject): OpenView {
    const built = this.#build(old.userId, payload, old.id, old.values);
    return this.#replace("updated", {
      ...built,
      root_view_id: old.root_view_id,
      previous_view_id: old.previous_view_id,
    });
  }

  publish(userId: string, payload: JsonObject): OpenView {
    const old = this.#homes.get(userId);
    const view = this.#build(userId, payload, old?.id ?? this.#setup.id("V"), old?.values);
    this.#homes.set(userId, view);
    return this.#record("published", view);
  }

  /** Stores what a person typed. */
  fill(view: OpenView, blockId: string, actionId: string, value: JsonObject): OpenView {
    const values = { ...view.values, [blockId]: { ...objectAt(view.values, blockId), [actionId]: value } };
    const filled = { ...view, values };
    this.#put(filled);
    this.#setup.recorder.changed();
    return filled;
  }

  /** Closes a view; with `all`, the whole stack. */
  close(view: OpenView, how: "closed" | "submitted", all: boolean): void {
    const left = all ? [] : this.stack(view.userId).filter((one) => one.id !== view.id);
    this.#stacks.set(view.userId, [...left]);
    this.#record(how, view);
  }

  #replace(kind: ViewChange["kind"], view: OpenView): OpenView {
    this.#put(view);
    return this.#record(kind, view);
  }

  #put(view: OpenView): void {
    if (view.type === "home") this.#homes.set(view.userId, view);
    else
      this.#stacks.set(
        view.userId,
        this.stack(view.userId).map((one) => (one.id === view.id ? view : one)),
      );
  }

  #record(kind: ViewChange["kind"], view: OpenView): OpenView {
    this.#setup.recorder.add("views", { kind, at: this.#setup.now(), view });
    return view;
  }

  #build(userId: string, payload: JsonObject, id: string, before?: JsonObject): OpenView {
    const blocks = fillIds(objectsAt(payload, "blocks"), this.#setup.blockId);
    const submit = textAt(payload.submit, "text");
    const close = textAt(payload.close, "text");
    return {
      id,
      hash: `${Math.floor(this.#setup.now() / 1000)}.${secretHex(4)}`,
      userId,
      type: payload.type === "home" ? "home" : "modal",
      title: isObject(payload.title) ? (textAt(payload.title, "text") ?? "") : "",
      ...(submit === undefined ? {} : { submit }),
      ...(close === undefined ? {} : { close }),
      callback_id: textAt(payload, "callback_id") ?? "",
      external_id: textAt(payload, "external_id") ?? "",
      private_metadata: textAt(payload, "private_metadata") ?? "",
      blocks,
      clear_on_close: payload.clear_on_close === true,
      notify_on_close: payload.notify_on_close === true,
      root_view_id: id,
      previous_view_id: null,
      values: initialValues(blocks, before),
    };
  }
}
