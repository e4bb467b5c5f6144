import { expect, test } from "vitest";
import { z } from "zod";
import { gateCheckAnswer, gateCheckRequest, problemDetails } from "../../../src/domain/gate-checks/wire.js";
import { receiptClaims } from "../../../src/domain/receipts/receipt.js";
import { NO, YES } from "../../support/gate-checks/endpoint-double.js";

test("a yes without its grant, its approvers, its end or its reason is no answer", () => {
  expect(gateCheckAnswer.parse(YES)).toEqual(YES);
  for (const left of ["grant", "approved_by", "expires_in_s", "reason", "commit_proven", "trail", "receipt"] as const) {
    expect(gateCheckAnswer.safeParse({ ...YES, [left]: null }).success, left).toBe(left === "receipt");
    expect(gateCheckAnswer.safeParse({ ...YES, [left]: undefined }).success, left).toBe(false);
  }
});

test("a no has no receipt, and never the reason of a yes", () => {
  expect(gateCheckAnswer.parse(NO)).toEqual(NO);
  expect(gateCheckAnswer.safeParse({ ...NO, receipt: "a.b.c" }).success).toBe(false);
  expect(gateCheckAnswer.safeParse({ ...NO, reason: "active_grant" }).success).toBe(false);
});

test("members that a later release adds to an answer are left out, and those of a question are refused", () => {
  expect(gateCheckAnswer.parse({ ...YES, later: 1 })).toEqual(YES);
  const question = { gate: "e2e", target: "service:x", commit: "a".repeat(40), run: "x:1" };
  expect(gateCheckRequest.safeParse(question).success).toBe(true);
  expect(gateCheckRequest.safeParse({ ...question, later: 1 }).success).toBe(false);
});

test("each schema can be written as JSON Schema, with a description of every member", () => {
  for (const schema of [gateCheckRequest, gateCheckAnswer, problemDetails, receiptClaims]) {
    const { oneOf, anyOf, ...alone } = z.toJSONSchema(schema);
    for (const variant of oneOf ?? anyOf ?? [alone]) {
      const { properties } = z.looseObject({ properties: z.record(z.string(), z.looseObject({})) }).parse(variant);
      const bare = Object.entries(properties).filter(([, { description }]) => description === undefined);
      expect(bare.map(([name]) => name)).toEqual(schema === receiptClaims ? ["aud"] : []);
    }
  }
});
