import { describe, expect, test } from "vitest";
import type { Actor } from "../../../src/domain/events/actor.js";
import type { OpenedBody } from "../../../src/domain/events/body.js";
import type { TrailEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { Asked, ReadRequest } from "../../../src/domain/verify/origins/asked.js";
import { createOriginCheck, type OriginOptions } from "../../../src/domain/verify/origins/origins.js";
import type { StoredText } from "../../../src/domain/verify/stored.js";
import { acked, activated } from "../../support/domain/lines.js";
import { AT, DANA, opened, origin, stored } from "../../support/domain/origins.js";
import { LEO } from "../../support/domain/people.js";

const CLOCK: Actor = { kind: "system", part: "clock" };
const closed: TrailEvent = { type: "bypass.closed" };
const refused: TrailEvent = { type: "attempt.refused", action: "close", code: "not_entitled" };

/** An origin whose signature tells `mark`, sent that many seconds after the entry. */
const signed = (mark = "0", late = 0): StoredText =>
  origin(
    JSON.stringify({
      via: "slack-request",
      timestamp: `${Date.parse(AT) / 1_000 + late}`,
      signature: `v0=${mark.repeat(64)}`,
      deflated: "",
    }),
  );
const envelope = origin(JSON.stringify({ via: "socket-envelope", id: "e1" }));

const asks = (change: Partial<Asked> = {}): Asked => ({
  ...{ act: "close", about: { kind: "other" }, texts: {}, fields: {}, user: "U0DANA", workspace: "T1", command: "c" },
  ...change,
});
type Take = readonly [seq: number, event: TrailEvent, texts: readonly StoredText[], change?: Partial<OpenedBody>];

function judged(takes: readonly Take[], options: Partial<OriginOptions> & { readonly answer?: ReadRequest } = {}) {
  const { answer, ...rest } = options;
  const found: string[] = [];
  let last = 0;
  const read = () => answer ?? ({ kind: "asked", asked: asks({ command: `c${last}` }), secret: 0 } as const);
  const check = createOriginCheck({ read, allowSocketMode: false, ...rest }, ({ message }) => found.push(message));
  for (const [seq, event, texts, change] of takes) {
    last = seq;
    check.entry(stored(seq, texts), opened(seq, event, change));
  }
  check.finish();
  return { found, counts: check.counts() };
}

describe("acts of people are counted by what they carry", () => {
  const NOTHING = { acts: 0, signed: 0, proven: 0, socket: 0, removed: 0, provenBefore: 0, removedAt: [], without: 0 };
  const WITHOUT = "nothing shows that Slack delivered what it records";

  test.each<[string, readonly Take[], object, readonly string[]]>([
    ["a signed request", [[3, closed, [signed()]]], { acts: 1, signed: 1, proven: 1 }, []],
    ["no origin", [[3, closed, []]], { acts: 1, without: 1 }, [`Entry 3: ${WITHOUT}.`]],
    ["an origin that cannot be read", [[3, closed, [origin("{}")]]], { acts: 1, without: 1 }, [`Entry 3: ${WITHOUT}.`]],
    [
      "an origin that was redacted",
      [
        [3, closed, [origin(null)]],
        [4, closed, [origin(null)]],
      ],
      { acts: 2, removed: 2, removedAt: [3, 4] },
      [],
    ],
    [
      "an envelope",
      [[3, closed, [envelope]]],
      { acts: 1, socket: 1 },
      ["Entry 3: it says that it came over Socket Mode, where nothing is signed."],
    ],
    ["nothing, as an act of the system", [[3, closed, [], { actor: CLOCK }]], {}, []],
    ["nothing, as a refused attempt", [[3, refused, []]], {}, []],
    ["a signed request of a refused attempt", [[3, refused, [signed()]]], {}, []],
    ["an unreadable origin of a refused attempt", [[3, refused, [origin("{}")]]], {}, [`Entry 3: ${WITHOUT}.`]],
    ["a redacted origin of a refused attempt", [[3, refused, [origin(null)]]], {}, []],
  ])("%s", (_, takes, counts, found) => {
    expect(judged(takes)).toEqual({ found, counts: { ...NOTHING, ...counts } });
  });

  test("without a secret nothing is found, and nothing counts as proven", () => {
    const takes: readonly Take[] = [
      [3, closed, [signed()]],
      [4, closed, []],
      [5, closed, [envelope]],
    ];
    const counts = { ...NOTHING, acts: 3, signed: 1, proven: null, socket: 1, without: 1 };
    expect(judged(takes, { read: null })).toEqual({ found: [], counts });
  });

  test("envelopes are no finding where the bot uses Socket Mode", () => {
    expect(judged([[3, closed, [envelope]]], { allowSocketMode: true }).found).toEqual([]);
  });

  test("no more than twenty positions of redacted origins are kept", () => {
    const takes = Array.from({ length: 25 }, (_, index): Take => [index + 1, closed, [origin(null)]]);
    expect(judged(takes).counts).toMatchObject({
      removed: 25,
      removedAt: Array.from({ length: 20 }, (_, index) => index + 1),
    });
  });
});

describe("acts that lost their origin with a redaction", () => {
  const MINUTE = 60_000;
  const at = (minutes: number) => new Date(Date.parse(AT) + minutes * MINUTE).toISOString();
  /** Entry 3 at 0 and entry 4 at 10 minutes lose their origin at 20 minutes; `requests` prove entries by their secrets. */
  function lost(proven: readonly number[], requests: readonly (readonly [minutes: number, secret: number])[] = []) {
    const found: string[] = [];
    let secret = 0;
    let last = 0;
    const read = () => ({ kind: "asked", asked: asks({ command: `c${last}` }), secret }) as const;
    const check = createOriginCheck({ read, allowSocketMode: false }, ({ message }) => found.push(message));
    const act = (seq: number, minutes: number, text: StoredText) => {
      last = seq;
      check.entry(stored(seq, [text]), opened(seq, closed, { at: at(minutes) }));
    };
    act(3, 0, origin(null));
    act(4, 10, origin(null));
    for (const [index, [minutes, by]] of requests.entries()) {
      secret = by;
      act(10 + index, minutes, signed(String(index), minutes * 60));
    }
    const event = { type: "text.redacted", seq: 3, field: "reason", provenOrigins: [...proven] } as const;
    check.removed({ seq: 20, event, at: at(20) }, [3, 4]);
    check.finish();
    return { found, counts: check.counts() };
  }
  const unproven = (seq: number) =>
    `Entry ${seq}: its origin went with the redaction in entry 20, which does not list it as proven.`;

  test("are no finding when the redaction lists them as proven", () => {
    expect(lost([3, 4])).toMatchObject({ found: [], counts: { removed: 2, provenBefore: 2, removedAt: [] } });
  });

  test("are a finding when it does not", () => {
    expect(lost([3])).toMatchObject({ found: [unproven(4)], counts: { provenBefore: 1, removedAt: [4] } });
    expect(lost([]).found).toEqual([unproven(3), unproven(4)]);
  });

  test("are only counted when a new secret came into use in between, because the bot then knew no other", () => {
    expect(lost([], [[15, 1]])).toMatchObject({ found: [], counts: { removedAt: [3, 4] } });
    expect(lost([], [[5, 1]]).found).toEqual([unproven(4)]);
    expect(lost([], [[25, 1]]).found).toEqual([unproven(3), unproven(4)]);
  });

  test("are a finding in spite of a new secret when an older act was proven with them", () => {
    expect(lost([3], [[15, 1]]).found).toEqual([unproven(4)]);
    expect(lost([4], [[15, 1]]).found).toEqual([]);
  });
});

describe("a signed request is no proof when it", () => {
  const once = (change: { readonly answer?: ReadRequest; readonly late?: number }) =>
    judged(
      [[3, closed, [signed("0", change.late ?? 0)]]],
      change.answer === undefined ? {} : { answer: change.answer },
    );

  test.each<[string, Parameters<typeof once>[0], string]>([
    ["was not signed by Slack", { answer: { kind: "forged" } }, "was not signed by Slack"],
    ["asks for nothing", { answer: { kind: "unreadable" } }, "asks for nothing that could be recorded"],
    [
      "differs",
      { answer: { kind: "asked", asked: asks({ command: "c3", user: "U0LEO" }), secret: 0 } },
      "is by another account",
    ],
    ["came too early", { late: -361 }, "is of another time"],
    ["came too late", { late: 361 }, "is of another time"],
  ])("%s", (_, change, what) => {
    const { found, counts } = once(change);
    expect(found).toEqual([`Entry 3: its request ${what}.`]);
    expect(counts).toMatchObject({ signed: 1, proven: 0 });
  });

  test("is six minutes off, and not less", () => {
    expect(once({ late: 360 }).found).toEqual([]);
    expect(once({ late: -360 }).found).toEqual([]);
  });

  test("is of another time, which shows without a secret as well where that is asked for", () => {
    const unread = (late: number, comparesTimes?: boolean) =>
      judged([[3, closed, [signed("0", late)]]], {
        read: null,
        ...(comparesTimes === undefined ? {} : { comparesTimes }),
      });
    expect(unread(361, true).found).toEqual(["Entry 3: its request is of another time."]);
    expect(unread(-361, true).found).toHaveLength(1);
    expect(unread(360, true).found).toEqual([]);
    expect(unread(361).found).toEqual([]);
    expect(unread(361, true).counts).toMatchObject({ signed: 1, proven: null });
  });

  test("was used for another entry before", () => {
    const twice = judged([
      [3, closed, [signed("a")]],
      [4, closed, [signed("b")]],
      [5, closed, [signed("a")]],
    ]);
    expect(twice.found).toEqual(["Entry 5: its request was used for another entry before."]);
  });

  test("comes from another workspace, unless that is a stranger's refused attempt", () => {
    const from: string[] = ["T1", "T2", "T1"];
    const workspaces = (second: TrailEvent) => {
      let next = 0;
      const read = () => {
        const asked = asks({ command: `c${next + 3}`, workspace: from[next] ?? null });
        next += 1;
        return { kind: "asked", asked, secret: 0 } as const;
      };
      return judged(
        [
          [3, closed, [signed("a")]],
          [4, second, [signed("b")]],
          [5, closed, [signed("c")]],
        ],
        { read },
      ).found;
    };
    expect(workspaces(closed)).toEqual(["Entry 4: its request comes from another workspace."]);
    expect(workspaces(refused)).toEqual([]);
  });
});

describe("a grant that begins needs no origin of its own", () => {
  const ack = acked(LEO).event;
  const grant = activated(LEO, "61m").event;
  const leo: Actor = { kind: "person", user: LEO.user, person: LEO.person };
  const by = { actor: leo, command: "c3" };
  const read = () =>
    ({ kind: "asked", asked: asks({ act: "approve", user: LEO.user, command: "c3" }), secret: 0 }) as const;
  const following = (change: Partial<OpenedBody>) =>
    judged(
      [
        [3, ack, [signed()], by],
        [4, grant, [], { ...by, ...change }],
      ],
      { read },
    );

  test("right after the approval of the same command", () => {
    expect(following({})).toMatchObject({ found: [], counts: { acts: 1, proven: 1 } });
  });

  test.each<[string, Partial<OpenedBody>]>([
    ["of another command", { command: "c4" }],
    ["of another person", { actor: DANA }],
    ["of another bypass", { n: 2 }],
  ])("but does after one %s", (_, change) => {
    expect(following(change).found).toEqual(["Entry 4: nothing shows that Slack delivered what it records."]);
  });

  test("but does after what is no approval", () => {
    const { found } = judged(
      [
        [3, closed, [signed()], by],
        [4, grant, [], by],
      ],
      {
        read: () => ({ kind: "asked", asked: asks({ user: LEO.user, command: "c3" }), secret: 0 }),
      },
    );
    expect(found).toEqual(["Entry 4: nothing shows that Slack delivered what it records."]);
    expect(judged([[4, grant, [], by]]).found).toHaveLength(1);
  });
});
