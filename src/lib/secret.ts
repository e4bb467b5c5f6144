import { inspect } from "node:util";

/**
 * A value that must not reach logs, errors or JSON by accident: printing it shows `[secret]`, and only `reveal` returns
 * it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}
