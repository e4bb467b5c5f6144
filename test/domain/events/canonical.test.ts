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

describe("canonical JSON", () => {
  it("has no white space, and keys in the order of their UTF-16 code units", () => {
    // The order of the keys is the example of RFC 8785, section 3.2.3.
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
    expect(canonicalJson({ b: [1, { d: null, c: true }], a: "x" })).toBe('{"a":"x","b":[1,{"c":true,"d":null}]}');
  });

  it("puts number-like keys in the order of texts, not of numbers", () => {
    expect(canonicalJson({ "10": 1, "9": 2 })).toBe('{"10":1,"9":2}');
  });

  it("escapes what JSON must escape, and nothing else", () => {
    expect(canonicalJson('\u0000\b\t\n\f\r"\\/\u001f\u2028é')).toBe('"\\u0000\\b\\t\\n\\f\\r\\"\\\\/\\u001f\u2028é"');
  });

  it("is read back as the same value", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
    );
  });

  it("is the same whatever the order in which the keys were put in", () => {
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
  ])("refuses %s, and says where it stands", (_, bad) => {
    const write = canonicalJson as (value: unknown) => string;
    expect(() => write(bad)).toThrow(TypeError);
    expect(() => write({ a: [1, { b: bad }] })).toThrow(/^\$\.a\[1\]\.b /);
  });

  it("refuses a hole in an array, half a surrogate pair in a key, and a value that holds itself", () => {
    const holed: JsonValue[] = [1];
    holed[2] = 2;
    const notify: JsonValue[] = [];
    notify.push(notify);
    expect(() => canonicalJson(holed)).toThrow("$[1]");
    expect(() => canonicalJson({ "\udc00": 1 })).toThrow(TypeError);
    expect(() => canonicalJson(notify)).toThrow("holds itself");
  });

  it("takes the same object in two places, which is no notify", () => {
    const twice = { n: 1 };
    expect(canonicalJson([twice, twice])).toBe('[{"n":1},{"n":1}]');
  });
});

describe("the hash of a text", () => {
  it("is SHA-256 over UTF-8, in hex", () => {
    // The first from FIPS 180-4's examples; the second computed with sha256sum.
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256Hex("é")).toBe("4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c");
  });
});
