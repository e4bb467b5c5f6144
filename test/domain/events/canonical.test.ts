import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, type JsonValue, sha256Hex } from "../../../src/domain/events/canonical.js";

const wellFormed = fc.string({ unit: "binary" });
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    wellFormed,
    fc.maxSafeInteger().map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(wellFormed, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

describe("Canonical JSON", () => {
  it("has no white space, and keys ordered by UTF-16 code units", () => {
    // The key order is the example of RFC 8785, section 3.2.3.
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
    expect(canonicalJson({ b: [1, { d: null, c: true }], a: "x" })).toBe('{"a":"x","b":[1,{"c":true,"d":null}]}');
  });

  it("orders number-like keys as strings, not as numbers", () => {
    expect(canonicalJson({ "10": 1, "9": 2 })).toBe('{"10":1,"9":2}');
  });

  it("escapes only what JSON requires", () => {
    expect(canonicalJson('\u0000\b\t\n\f\r"\\/\u001f\u2028é')).toBe('"\\u0000\\b\\t\\n\\f\\r\\"\\\\/\\u001f\u2028é"');
  });

  it("parses back to the same value", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
    );
  });

  it("does not depend on the insertion order of keys", () => {
    const shuffled = (value: JsonValue): JsonValue => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, item]) => [key, shuffled(item)]),
      );
    };
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it.each<[string, unknown]>([
    ["a fraction", 0.5],
    ["a number beyond the safe integers", 2 ** 53],
    ["negative zero", -0],
    ["NaN", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
    ["undefined", undefined],
    ["a bigint", 1n],
    ["a function", () => 1],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["half of a surrogate pair", "a\ud800"],
  ])("rejects %s, and names its place", (_, bad) => {
    const write = canonicalJson as (value: unknown) => string;
    expect(() => write(bad)).toThrow(TypeError);
    expect(() => write({ a: [1, { b: bad }] })).toThrow(/^\$\.a\[1\]\.b /);
  });

  it("says that it took negative zero for none of its numbers", () => {
    expect(() => canonicalJson(-0)).toThrow("$ is -0; only safe integers are taken");
  });

  it("rejects a hole in an array, half of a surrogate pair in a key, and a cycle", () => {
    const holed: JsonValue[] = [1];
    holed[2] = 2;
    const cycle: JsonValue[] = [];
    cycle.push(cycle);
    expect(() => canonicalJson(holed)).toThrow("$[1]");
    expect(() => canonicalJson({ a: { "\udc00": 1 } })).toThrow(/^\$\.a key holds half of a surrogate pair/);
    expect(() => canonicalJson(cycle)).toThrow("holds itself");
  });

  it("accepts the same object in two places, which is not a cycle", () => {
    const twice = { n: 1 };
    expect(canonicalJson([twice, twice])).toBe('[{"n":1},{"n":1}]');
  });
});

describe("SHA-256 of a text", () => {
  it("covers its UTF-8 bytes and is in hex", () => {
    // The first is an example of FIPS 180-4; the second was computed with sha256sum.
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256Hex("é")).toBe("4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c");
  });
});
