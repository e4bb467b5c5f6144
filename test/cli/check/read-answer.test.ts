import fc from "fast-check";
import { expect, test } from "vitest";
import { readAnswer } from "../../../src/cli/check/client/read-answer.js";
import { MAX_TARGET } from "../../../src/domain/bypass/target.js";
import { CLOSED_REASONS, LONGEST_TARGET } from "../../../src/domain/gate-checks/forms.js";
import { gateCheckAnswer } from "../../../src/domain/gate-checks/wire.js";
import { NO, YES } from "../../support/gate-checks/endpoint-double.js";

/** The client's reading and the schema's. They are two programs for one rule, so they are held together here. */
const both = (value: unknown) => {
  const parsed = gateCheckAnswer.safeParse(value);
  return { client: readAnswer(value), schema: parsed.success ? parsed.data : null };
};

const odd = fc.constantFrom<unknown>(
  undefined,
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 53,
  "",
  "x",
  "alone",
  "active_grant",
  "no_grant",
  "BG-0",
  "BG-7",
  "BG-1234567890",
  "a.b.c",
  "a.b",
  "a.b.c.d",
  "0".repeat(24),
  "0".repeat(23),
  [],
  ["U1"],
  [""],
  [7],
  {},
  { seq: 1 },
  { seq: 1, head: "0".repeat(24) },
  { seq: -1, head: "0".repeat(24) },
  { seq: 1, head: "0".repeat(24), more: 1 },
  "BG-7\n",
);

const changed = fc
  .record({
    from: fc.constantFrom(YES, NO, ...CLOSED_REASONS.map((reason) => ({ ...NO, reason }))),
    changes: fc.array(fc.tuple(fc.constantFrom(...Object.keys(YES), "extra"), odd), { maxLength: 3 }),
  })
  .map(({ from, changes }) => ({ ...from, ...Object.fromEntries(changes) }));

test("the client takes exactly the answers that the schema takes, and reads the same of them", () => {
  fc.assert(
    fc.property(fc.oneof(changed, fc.jsonValue(), odd), (value) => {
      const { client, schema } = both(value);
      expect(client).toEqual(schema);
    }),
    { numRuns: 5_000 },
  );
});

test("each single change to a yes and to a no is judged alike", () => {
  const values: unknown[] = fc.sample(odd, { numRuns: 400, seed: 42 });
  let taken = 0;
  for (const from of [YES, NO])
    for (const name of Object.keys(YES))
      for (const value of new Set(values)) {
        const { client, schema } = both({ ...from, [name]: value });
        expect(client, `${name}: ${JSON.stringify(value)}`).toEqual(schema);
        if (client !== null) taken += 1;
      }
  expect(taken).toBeGreaterThan(20);
});

test("the longest target is that of a declaration", () => {
  expect(LONGEST_TARGET).toBe(MAX_TARGET);
});
