import type { JsonObject } from "./json.js";

/** A fault to inject into a call. */
export type Fault =
  | { readonly kind: "rate_limit"; readonly retryAfter?: number }
  | { readonly kind: "http"; readonly status?: number }
  | { readonly kind: "hang" }
  /** The call is performed, then the connection is dropped before the answer. */
  | { readonly kind: "lost" }
  /** The connection is dropped before anything is performed. */
  | { readonly kind: "drop" }
  /** Slack gives this answer and performs nothing. Or it refuses the call; `more` are further fields of its answer, such as `needed`. */
  | { readonly kind: "answer"; readonly answer: JsonObject }
  | { readonly kind: "error"; readonly code: string; readonly more?: JsonObject };

/**
 * When a fault applies: to the next n calls, with a probability in [0, 1], or until it is lifted. `where` selects calls by
 * their arguments; other calls pass and do not count.
 */
export type When =
  | { readonly next: number; readonly where?: (args: JsonObject) => boolean }
  | { readonly probability: number }
  | "always";

interface Rule {
  readonly method: string;
  readonly fault: Fault;
  readonly when: When;
  left: number;
}

/** Injects faults by method; `*` stands for all methods, `response_url` for response URLs. */
export class Faults {
  #rules: Rule[] = [];
  readonly #random: () => number;
  readonly #reach: (reachable: boolean) => Promise<void>;

  constructor(random: () => number, reach: (reachable: boolean) => Promise<void>) {
    this.#random = random;
    this.#reach = reach;
  }

  /** Adds a fault; the returned function lifts it. */
  set(method: string, fault: Fault, when: When = { next: 1 }): () => void {
    const left = typeof when === "object" && "next" in when ? when.next : Number.POSITIVE_INFINITY;
    const rule = { method, fault, when, left };
    this.#rules.push(rule);
    return () => {
      this.#rules = this.#rules.filter((one) => one !== rule);
    };
  }

  /** Lifts all faults of a method, or all. */
  clear(method?: string): void {
    this.#rules = method === undefined ? [] : this.#rules.filter((rule) => rule.method !== method);
  }

  /** Closes the listener and every connection. New connections are refused. */
  unreachable(): Promise<void> {
    return this.#reach(false);
  }

  /** Opens the listener again, on the same port. */
  reachable(): Promise<void> {
    return this.#reach(true);
  }

  /** The fault of this call, if any. */
  strike(method: string, args: () => JsonObject = () => ({})): Fault | undefined {
    for (const rule of this.#rules) {
      if ((rule.method !== "*" && rule.method !== method) || rule.left <= 0) continue;
      if (typeof rule.when === "object" && "next" in rule.when && rule.when.where?.(args()) === false) continue;
      if (typeof rule.when === "object" && "probability" in rule.when && this.#random() >= rule.when.probability)
        continue;
      rule.left -= 1;
      return rule.fault;
    }
    return undefined;
  }
}
