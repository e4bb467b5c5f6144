import type { JsonObject } from "./json.js";
import type { Answer, Ephemeral, Message, OpenView, SentRequest } from "./types.js";

/** One call of the Web API and its result. */
export interface ApiCall {
  readonly n: number;
  readonly at: number;
  readonly method: string;
  readonly args: JsonObject;
  readonly ok: boolean;
  readonly error?: string;
  /** HTTP status; 0 when the double dropped the connection or never answered. */
  readonly status: number;
  readonly response: JsonObject;
  /** The fault that was injected, if one was. */
  readonly fault?: string;
}

/** One version of a message: posted, updated, deleted. */
export interface MessageChange {
  readonly kind: "posted" | "updated" | "deleted";
  readonly at: number;
  readonly message: Message;
}

/** One change of a view. */
export interface ViewChange {
  readonly kind: "opened" | "pushed" | "updated" | "published" | "submitted" | "closed";
  readonly at: number;
  readonly view: OpenView;
}

/** Something that Slack accepts, perhaps with a warning, but that a careful app does not do. */
export interface Violation {
  readonly rule: string;
  readonly detail: string;
}

/** One use of a response URL. */
export interface ResponseUse {
  readonly at: number;
  readonly body: JsonObject;
  readonly status: number;
  readonly error?: string;
}

/** A file that was uploaded to the double. */
export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** Description of the picture. */
  readonly altText: string;
  readonly content: Buffer;
  readonly channel?: string;
}

/** Called at every recorded change. */
type Listener = () => void;

/** Records everything in order and notifies the listeners. */
export class Recorder {
  calls: ApiCall[] = [];
  messages: MessageChange[] = [];
  ephemerals: Ephemeral[] = [];
  views: ViewChange[] = [];
  uploads: Upload[] = [];
  responses: ResponseUse[] = [];
  requests: SentRequest[] = [];
  answers: Answer[] = [];
  violations: Violation[] = [];
  #inFlight = 0;
  readonly #listeners = new Set<Listener>();

  /** Forgets the records. The workspace and its messages stay. */
  clear(): void {
    this.calls = [];
    this.messages = [];
    this.ephemerals = [];
    this.views = [];
    this.uploads = [];
    this.responses = [];
    this.requests = [];
    this.answers = [];
    this.violations = [];
  }

  add<K extends "calls" | "messages" | "views" | "uploads" | "responses" | "requests" | "answers">(
    list: K,
    item: Recorder[K][number],
  ): void {
    const target: unknown[] = this[list];
    target.push(item);
    this.changed();
  }

  violation(rule: string, detail: string): void {
    this.violations.push({ rule, detail });
    this.changed();
  }

  /** Marks a request as in flight. The returned function ends it, once. */
  begin(): () => void {
    this.#inFlight += 1;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.#inFlight -= 1;
      this.changed();
    };
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  addEphemeral(ephemeral: Ephemeral): void {
    this.ephemerals.push(ephemeral);
    this.changed();
  }

  /** Replaces an ephemeral message with a new version. */
  replaceEphemeral(ephemeral: Ephemeral): void {
    this.ephemerals = this.ephemerals.map((one) => (one.ts === ephemeral.ts ? ephemeral : one));
    this.changed();
  }

  changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
