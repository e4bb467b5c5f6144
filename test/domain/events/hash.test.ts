import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { chainHash, GENESIS, leafHash, shortHead, textHash } from "../../../src/domain/events/hash.js";

const sha256 = (bytes: readonly number[]) => createHash("sha256").update(Uint8Array.from(bytes)).digest("hex");
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("A leaf hash covers a zero byte and the body in UTF-8", () => {
  expect(hex(leafHash(""))).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  expect(hex(leafHash("é"))).toBe(sha256([0x00, 0xc3, 0xa9]));
});

test("A chain hash covers the byte 0x02, the previous hash, the position in eight bytes and the leaf", () => {
  const leaf = leafHash("{}");
  const bytes = [0x02, ...GENESIS, 0, 0, 0, 0, 0, 0, 1, 0, ...leaf];
  expect(hex(chainHash(GENESIS, 256, leaf))).toBe(sha256(bytes));
  expect(GENESIS).toEqual(new Uint8Array(32));
});

test("The same entry at another position has another chain hash", () => {
  const leaf = leafHash("{}");
  expect(hex(chainHash(GENESIS, 1, leaf))).not.toBe(hex(chainHash(GENESIS, 2, leaf)));
});

test("A text hash covers the nonce, then the text", () => {
  expect(textHash("00ff", "é")).toBe(sha256([0x00, 0xff, 0xc3, 0xa9]));
});

test("A short head is the first 24 hex digits", () => {
  expect(shortHead("0123456789abcdef".repeat(4))).toBe("0123456789abcdef01234567");
  expect(shortHead(leafHash(""))).toBe("6e340b9cffb37a989ca544e6");
});
