import { describe, expect, test } from "vitest";
import type { TrailEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import { createRemovalCheck } from "../../../src/domain/verify/origins/removals.js";
import { opened, origin, stored } from "../../support/domain/origins.js";

const closed: TrailEvent = { type: "bypass.closed" };

test("a redaction that lists an origin as proven that did not go with it is reported", () => {
  const found: string[] = [];
  const check = createRemovalCheck(({ kind, seq, message }) => found.push(`${kind} ${seq} ${message}`));
  const redaction = { type: "text.redacted", seq: 1, field: "reason", provenOrigins: [1, 2] } as const;
  check.entry(stored(1, [origin(null)]), opened(1, closed));
  check.entry(stored(2, [origin("x")]), opened(2, closed, { n: 2 }));
  check.entry(stored(3, [origin("x")]), opened(3, redaction));
  check.finish();
  expect(found).toEqual([
    "origin 3 Entry 3 tells of a redaction that proved the origin of entry 2, which did not go with it.",
  ]);
});

describe("origins are gone exactly where a redaction removed them", () => {
  const redacted = (seq: number, field: "reason" | "origin" = "reason"): TrailEvent => ({
    type: "text.redacted",
    provenOrigins: [],
    seq,
    field,
  });
  type Step = readonly [
    seq: number,
    n: number | null,
    event: TrailEvent,
    origin: string | null | undefined,
    shows?: readonly number[],
  ];

  function removals(...steps: readonly Step[]) {
    const found: string[] = [];
    const check = createRemovalCheck(({ kind, seq, message }) => found.push(`${kind} ${seq} ${message}`));
    for (const [seq, n, event, text, shows] of steps)
      check.entry(stored(seq, text === undefined ? [] : [origin(text)], shows), opened(seq, event, { n }));
    check.finish();
    return found;
  }
  const lost = (seq: number) =>
    `lost_text ${seq} The origin of entry ${seq} is gone, and no entry tells of a redaction that reaches it.`;
  const kept = (seq: number, by: number) =>
    `kept_text ${seq} Entry ${by} tells of a redaction, but the origin of entry ${seq} may hold that text and is still there.`;

  test.each<[string, readonly Step[], readonly string[]]>([
    [
      "no redaction, all there",
      [
        [1, 1, closed, "x"],
        [2, 1, closed, undefined],
      ],
      [],
    ],
    [
      "no redaction, one gone",
      [
        [1, 1, closed, "x"],
        [2, 1, closed, null],
      ],
      [lost(2)],
    ],
    [
      "one of the bypass",
      [
        [1, 1, closed, null],
        [2, 1, closed, null],
        [3, 1, redacted(1), "x"],
      ],
      [],
    ],
    [
      "one of the bypass, whose origin is still there",
      [
        [1, 1, closed, null],
        [2, 1, closed, "x"],
        [3, 1, redacted(1), "x"],
      ],
      [kept(2, 3)],
    ],
    [
      "one of another bypass",
      [
        [1, 1, closed, null],
        [2, 2, closed, null],
        [3, 1, redacted(1), "x"],
      ],
      [lost(2)],
    ],
    [
      "one of a bypass that the request showed",
      [
        [1, 1, closed, null],
        [2, 2, closed, null, [1]],
        [3, 1, redacted(1), "x"],
      ],
      [],
    ],
    [
      "one of a gate's text",
      [
        [1, null, closed, null],
        [2, null, closed, "x"],
        [3, null, redacted(1), "x"],
      ],
      [],
    ],
    [
      "one of an origin alone",
      [
        [1, 1, closed, null],
        [2, 1, closed, "x"],
        [3, 1, redacted(1, "origin"), "x"],
      ],
      [],
    ],
    [
      "one before the entry",
      [
        [1, 1, closed, null],
        [2, 1, redacted(1), "x"],
        [3, 1, closed, null],
      ],
      [lost(3)],
    ],
    [
      "another redaction, which stays",
      [
        [1, 1, closed, null],
        [2, 1, redacted(1), "x"],
        [3, 1, redacted(1), "x"],
      ],
      [],
    ],
    [
      "another redaction, which is gone",
      [
        [1, 1, closed, null],
        [2, 1, redacted(1), null, [1]],
        [3, 1, redacted(1), "x"],
      ],
      [lost(2)],
    ],
  ])("with %s", (_, steps, found) => {
    expect(removals(...steps)).toEqual(found);
  });
});
