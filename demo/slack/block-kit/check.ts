import { isObject, type JsonObject } from "../json.js";

/** Checks one value at a place and reports what is wrong with it. */
export type Check = (value: unknown, at: string, report: Report) => void;
/** Reports one finding; `at` is a JSON pointer, as in Slack's answers. */
export type Report = (problem: string, at: string) => void;
/** Fields of an object; those named in `required` may not be missing. */
export interface Shape {
  readonly required?: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
  readonly also?: (value: JsonObject, at: string, report: Report) => void;
}

/** A string of at least `min` and at most `max` characters. */
export const text =
  (max: number, min = 0): Check =>
  (value, at, report) => {
    if (typeof value !== "string") report("must be a string", at);
    else if (value.length > max) report(`must be less than ${max + 1} characters`, at);
    else if (value.length < min) report(`must be more than ${min - 1} characters`, at);
  };

/** A boolean, not the strings "true" and "false". */
export const flag: Check = (value, at, report) => {
  if (typeof value !== "boolean") report("must be a boolean", at);
};

/** A whole number within the bounds. */
export const whole =
  (min: number, max: number): Check =>
  (value, at, report) => {
    if (typeof value !== "number" || !Number.isInteger(value)) report("must be an integer", at);
    else if (value < min || value > max) report(`must be between ${min} and ${max}`, at);
  };

/** One of the given strings. */
export const oneOf =
  (...words: readonly string[]): Check =>
  (value, at, report) => {
    if (typeof value !== "string" || !words.includes(value)) report(`must be one of ${words.join(", ")}`, at);
  };

/** Text of the given form. */
export const matching =
  (pattern: RegExp, name: string): Check =>
  (value, at, report) => {
    if (typeof value !== "string" || !pattern.test(value)) report(`must be ${name}`, at);
  };

/** A list of `min` to `max` members, each of which passes. */
export const list =
  (each: Check, max: number, min = 1): Check =>
  (value, at, report) => {
    if (!Array.isArray(value)) return report("must be an array", at);
    if (value.length > max) report(`no more than ${max} items allowed`, at);
    if (value.length < min) report(`no fewer than ${min} items allowed`, at);
    for (const [index, member] of value.entries()) each(member, `${at}/${index}`, report);
  };

/** An object with these fields and no others. The caller that chose the shape has checked `type`. */
export const object =
  (shape: Shape): Check =>
  (value, at, report) => {
    if (!isObject(value)) return report("must be an object", at);
    const { required = {}, optional = {} } = shape;
    for (const key of Object.keys(required)) {
      if (value[key] === undefined) report(`missing required field: ${key}`, at);
    }
    for (const [key, field] of Object.entries(value)) {
      const check = Object.hasOwn(required, key)
        ? required[key]
        : Object.hasOwn(optional, key)
          ? optional[key]
          : undefined;
      if (check !== undefined) check(field, `${at}/${key}`, report);
      else if (key !== "type") report(`invalid additional property: ${key}`, at);
    }
    shape.also?.(value, at, report);
  };

/** An object whose `type` selects its shape. Types that are not listed are not allowed here. */
export const byType =
  (kinds: Readonly<Record<string, Check>>): Check =>
  (value, at, report) => {
    if (!isObject(value)) return report("must be an object", at);
    const type = value.type;
    const kind = typeof type === "string" && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    if (kind === undefined) report(`unsupported type: ${String(type)}`, `${at}/type`);
    else kind(value, at, report);
  };

/** Accepts anything, for parts that the double does not check. */
export const anything: Check = () => undefined;

/** Selects the named kinds of a table. */
export function pick(kinds: Readonly<Record<string, Check>>, names: readonly string[]): Record<string, Check> {
  return Object.fromEntries(names.flatMap((name) => (kinds[name] ? [[name, kinds[name]]] : [])));
}
