import fc from "fast-check";
import type { BypassCommand } from "../../../src/domain/bypass/commands.js";
import type { AccountStatus, Principal } from "../../../src/domain/decisions/principal.js";
import type { Policy } from "../../../src/domain/policy/policy.js";
import { personOf } from "../../../src/domain/policy/roles.js";
import type { ReviewForm } from "../../../src/domain/review/form.js";
import {
  addressPage,
  approve,
  close,
  deny,
  endAction,
  endBySystem,
  followUp,
  log,
  putOff,
  redact,
  revoke,
  submit,
  tick,
  withdraw,
} from "./commands.js";
import { samplePath, samplePolicy, withAck, withPath } from "./policies.js";

const ROLES = ["on-call-engineer", "incident-commander", "on-call-lead"] as const;

/** Dana has two accounts, and so has Leo; the others have one each. */
const ACCOUNTS = ["U0DANA", "W0DANA2", "U0LEO", "W0LEO2", "U0MIRA", "U0NOOR", "U0IVO"] as const;

const PEOPLE: Policy["people"] = {
  dana: { slack: ["U0DANA", "W0DANA2"], github: null, pagerduty: null },
  leo: { slack: ["U0LEO", "W0LEO2"], github: null, pagerduty: null },
};

const minutes = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * 60);

/** Valid policies: steps ascend and come before `alone_after`, which comes before `give_up_after`. */
export const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    needed: fc.integer({ min: 0, max: 3 }),
    gaps: fc.array(minutes(1, 9), { maxLength: 3, size: "small" }),
    roles: fc.array(fc.constantFrom(...ROLES), { minLength: 3, maxLength: 3 }),
    page: fc.option(fc.constantFrom(...ROLES)),
    whoCanAck: fc.subarray([...ROLES], { minLength: 1 }),
    remindEverySeconds: fc.oneof(minutes(1, 15), fc.constant(45)),
    aloneGap: fc.option(minutes(1, 9), { freq: 3 }),
    giveUpGap: minutes(1, 40),
    expiresAfterSeconds: fc.constantFrom(60, 300, 900, 3600),
  })
  .map(({ gaps, roles, page, whoCanAck, aloneGap, giveUpGap, expiresAfterSeconds, needed, remindEverySeconds }) => {
    let last = 0;
    const escalate = gaps.map((gap, index) => {
      last += gap;
      return { afterSeconds: last, page: roles[index] ?? ROLES[0] };
    });
    const aloneAfterSeconds = aloneGap === null ? null : last + aloneGap;
    const giveUpAfterSeconds = (aloneAfterSeconds ?? last) + giveUpGap;
    const ack = { needed, escalate, remindEverySeconds, aloneAfterSeconds, giveUpAfterSeconds };
    return withPath({ page, whoCanAck, expiresAfterSeconds }, withAck(ack, { ...samplePolicy, people: PEOPLE }));
  });

/** The longest duration that the menu of this policy offers. */
export const longest = (policy: Policy): string => `${samplePath(policy).expiresAfterSeconds / 60}m`;

const accountStatus: fc.Arbitrary<AccountStatus | "unverifiable"> = fc.oneof(
  { weight: 14, arbitrary: fc.constant("member" as const) },
  { weight: 1, arbitrary: fc.constantFrom("guest", "bot", "deactivated", "foreign", "unverifiable") },
);

/** Any person. The policy in force at the click decides whom the account belongs to. */
const somebody = fc
  .record({
    user: fc.constantFrom(...ACCOUNTS),
    roles: fc.oneof(
      fc.constant([...ROLES]),
      fc.constantFrom(...ROLES).map((only) => [only]),
      fc.subarray([...ROLES]),
    ),
    accountStatus,
  })
  .map(({ user, roles, accountStatus: is }) => (policy: Policy): Principal => {
    const who = { kind: "person", user, person: personOf(policy, user) } as const;
    return is === "unverifiable" ? { ...who, accountStatus: is } : { ...who, accountStatus: is, roles };
  });

/** Creates a command under the policy in force when it is executed. */
export type Making = (policy: Policy) => BypassCommand;

/** The requester through either account, sometimes somebody else. */
const requester = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom("U0DANA", "U0DANA", "W0DANA2").map(
      (user) =>
        (policy: Policy): Principal => ({
          kind: "person",
          user,
          person: personOf(policy, user),
          accountStatus: "member",
          roles: [...ROLES],
        }),
    ),
  },
  { weight: 1, arbitrary: somebody },
);

const byRequester = (make: (by: Principal) => BypassCommand): fc.Arbitrary<Making> =>
  requester.map((principal) => (policy) => make(principal(policy)));

const byPerson = (make: (by: Principal) => BypassCommand): fc.Arbitrary<Making> =>
  somebody.map((principal) => (policy) => make(principal(policy)));

const text = fc.constantFrom("Enough.", "Enough.", "", "password=hunter2hunter2", "\ud83d");
const step = fc.constantFrom(0, 0, 0, 1, 1, 2, 3, null);
const users = fc.subarray([...ACCOUNTS]);
const role = fc.constantFrom(...ROLES);

const proceedAlone: fc.Arbitrary<Making> = fc
  .tuple(requester, fc.constantFrom("BREAK GLASS", "break"), fc.constantFrom(null, "2026-03-09T02:20:00.000Z"))
  .map(([principal, typed, lastRejectedAt]) => (policy) => ({
    type: "proceed_alone",
    by: principal(policy),
    typed,
    lastRejectedAt,
  }));

const recordPage: fc.Arbitrary<Making> = fc
  .tuple(step, fc.option(fc.constantFrom(...ACCOUNTS)), role, fc.constantFrom(null, null, "timeout"))
  .map(([of, user, whose, failure]) => () => ({
    type: "record_page",
    step: of,
    role: user === null ? whose : null,
    user,
    via: "slack",
    failure,
  }));

/** The due day is far enough away for every clock that a sequence may reach. */
const review: fc.Arbitrary<Making> = fc
  .tuple(
    somebody,
    fc.constantFrom(0, 0, 1, 2),
    fc.constantFrom<ReviewForm["verdict"]>("justified", "avoidable", "gate-at-fault", null),
    fc.constantFrom([], ["e2e-suite"], ["secret-scan"]),
    fc.subarray([...ACCOUNTS]),
    text,
  )
  .map(([principal, edition, verdict, gatesAtFault, reviewers, lesson]) => (policy) => {
    const form = { edition, verdict, gatesAtFault, lesson };
    return submit(
      principal(policy),
      { ...form, actions: [{ what: "Renew it.", owner: "U0IVO", due: null }] },
      reviewers,
    );
  });

/** A review without actions, so that its due day need not fit the clock. */
const plainReview: fc.Arbitrary<Making> = fc
  .tuple(somebody, fc.constantFrom(0, 0, 1, 2), fc.constantFrom([], ["U0MIRA"]))
  .map(
    ([principal, edition, reviewers]) =>
      (policy) =>
        submit(principal(policy), { edition }, reviewers),
  );

const constant = (...commands: readonly BypassCommand[]): fc.Arbitrary<Making> =>
  fc.constantFrom(...commands).map((command) => () => command);

/** Any command on a bypass by anybody, whether it makes sense or not. */
export const anyCommand: fc.Arbitrary<Making> = fc.oneof(
  { weight: 16, arbitrary: byPerson(approve) },
  { weight: 4, arbitrary: text.chain((reason) => byPerson((by) => deny(by, reason))) },
  { weight: 1, arbitrary: byRequester(withdraw) },
  { weight: 24, arbitrary: proceedAlone },
  { weight: 4, arbitrary: byRequester(close) },
  { weight: 4, arbitrary: text.chain((reason) => byPerson((by) => revoke(by, reason))) },
  { weight: 5, arbitrary: text.chain((line) => byPerson((by) => log(by, line))) },
  { weight: 2, arbitrary: byPerson(redact) },
  { weight: 16, arbitrary: constant(tick) },
  { weight: 3, arbitrary: review },
  { weight: 8, arbitrary: plainReview },
  { weight: 2, arbitrary: text.chain((line) => byRequester((by) => ({ type: "add_view", by, line }))) },
  { weight: 2, arbitrary: text.chain((reason) => byPerson((by) => putOff(by, "2026-03-16", reason))) },
  { weight: 2, arbitrary: byPerson((by) => endAction(by)) },
  { weight: 4, arbitrary: constant(followUp) },
  { weight: 8, arbitrary: fc.tuple(step, role, users).map((of) => () => addressPage(...of)) },
  { weight: 24, arbitrary: recordPage },
  { weight: 1, arbitrary: constant(endBySystem("requester_deactivated"), endBySystem("gate_never_bypass")) },
  {
    weight: 2,
    arbitrary: constant(
      { type: "record_alert", posted: { channel: "C0INC", ts: "1.2" } },
      { type: "record_alert_failure", code: "is_archived" },
    ),
  },
);

/**
 * How the clock moves before a command: by `ms`, or to `ms` after the next due moment, the end of the grant, or the
 * time to go alone. `ms` may be negative.
 */
export type Move =
  | { readonly to: "later"; readonly ms: number }
  | { readonly to: "due" | "end" | "alone"; readonly ms: number };

const little = fc.constantFrom(-1, 0, 0, 1, 1000);

export const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 16, arbitrary: fc.integer({ min: 0, max: 5_000 }).map((ms): Move => ({ to: "later", ms })) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 300_000 }).map((ms): Move => ({ to: "later", ms })) },
  { weight: 1, arbitrary: fc.integer({ min: -7_200_000, max: 7_200_000 }).map((ms): Move => ({ to: "later", ms })) },
  { weight: 7, arbitrary: little.map((ms): Move => ({ to: "due", ms })) },
  { weight: 3, arbitrary: little.map((ms): Move => ({ to: "end", ms })) },
  { weight: 4, arbitrary: little.map((ms): Move => ({ to: "alone", ms })) },
);

/** A change of the policy in force, or its reversal. */
export const anyPolicyChange: fc.Arbitrary<"forbid" | "allow" | "regroup"> = fc.constantFrom(
  "forbid",
  "allow",
  "regroup",
);
