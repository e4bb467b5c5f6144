import { describe, expect, test } from "vitest";
import { isRange, isReachable } from "../../src/lib/inner-addresses.js";
import { INNER_ADDRESSES, NEVER_REACHED, PUBLIC } from "../webhooks/refused-addresses.js";

const EVERYTHING = ["0.0.0.0/0", "::/0"];

describe("An address", () => {
  test.each([...INNER_ADDRESSES, ...NEVER_REACHED])("of %s (%s) is not reached by default", (_, address) => {
    expect(isReachable(address, [])).toBe(false);
  });

  test.each(INNER_ADDRESSES)("of %s (%s) is reached once it is allowed", (_, address) => {
    expect(isReachable(address, EVERYTHING)).toBe(true);
    expect(isReachable(address, [address])).toBe(true);
    expect(isReachable(address, ["11.0.0.0/8", "2001:db8::/32"])).toBe(false);
  });

  test.each(NEVER_REACHED)("of %s (%s) is not reached whatever is allowed", (_, address) => {
    expect(isReachable(address, [...EVERYTHING, address])).toBe(false);
  });

  test.each(PUBLIC)("that is public (%s) is reached", (address) => {
    expect(isReachable(address, [])).toBe(true);
  });

  test.each(["", "localhost", "example.com", "127.0.0.1 ", "1.2.3.4.5"])("that is none (%j) is not reached", (text) => {
    expect(isReachable(text, EVERYTHING)).toBe(false);
  });
});

test.each(["10.0.0.0/8", "10.1.2.3", "fd00::/8", "::1"])("%s is a range", (text) => {
  expect(isRange(text)).toBe(true);
});

test.each(["10.1", "0x7f.1", "2130706433", "10.0.0.0/33", "10.0.0.0/", "inner.example.com", "10.0.0.0/8/8", ""])(
  "%j is no range",
  (text) => {
    expect(isRange(text)).toBe(false);
  },
);
