import { afterAll, beforeAll, expect, test } from "vitest";
import { parsePolicy } from "../../src/domain/policy/parse.js";
import { checkGate } from "../../src/usecases/commands/check-gate.js";
import type { AskingPipeline } from "../../src/usecases/ports/ports.js";
import {
  activation,
  approval,
  declaration,
  declareItem,
  ENDS,
  itemOf,
  LEO,
  MIA,
  POLICY,
  POLICY_HASH,
  stateOf,
  taken,
} from "../contract/items.js";
import { openCore } from "../support/core.js";
import { progress, report } from "../support/reliability/report.js";
import { dice as newDice, sizeOf } from "../support/reliability/seed.js";

/** How often a grant is asked for around its end. */
const EXPIRIES = sizeOf("EXPIRIES", 400);
const AT_ONCE = 8;
const COMMIT = "a".repeat(40);
const dice = newDice("expiries");

const parsed = parsePolicy(POLICY, "breakglass.yaml");
if (!parsed.ok) throw new Error("The policy of the tests is faulty.");
const policy = { current: () => ({ policy: parsed.policy, hash: POLICY_HASH }) };

let on: Awaited<ReturnType<typeof openCore>>;
beforeAll(async () => {
  on = await openCore(policy);
  const { ledger } = on.context;
  for (let index = 0; index < AT_ONCE; index += 1) {
    const texts = { reason: "prod is down", target_typed: `service:s${index}`, target_key: `service:s${index}` };
    const n = taken(await ledger.commit(declareItem(`declare-${index}`, declaration({}, texts)))).n ?? 0;
    for (const entries of [[approval(LEO)], [approval(MIA, 2), activation()]])
      taken(await ledger.commit(itemOf({ n, state: await stateOf(ledger, n), entries })));
  }
});
afterAll(() => on.close());

/** A run that asks for the first time, or the one that has asked before. */
const pipeline = (run: string): AskingPipeline => ({
  issuer: "https://ci.example.com",
  repository: "1",
  repositoryName: null,
  pullRequest: null,
  run,
  tokenId: run,
  commit: { sha: COMMIT, proven: true },
  unprovenCommit: "closed",
});

test(`no pipeline gets a yes after the end of a grant, in ${EXPIRIES} expiries by the database's clock`, async () => {
  const { ledger, queries } = on.context;
  const ends = Date.parse(ENDS);
  const late: string[] = [];
  let [yes, no] = [0, 0];
  for (let count = 0; count < EXPIRIES; count += AT_ONCE) {
    // Setting the clock takes some of this time.
    const before = 120 + dice.below(80);
    await on.clock.advance(ends - before - (await ledger.now()).getTime());
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, index) => {
        for (let asked = 0, after = 0; after < 2; asked += 1) {
          const run = `ci:${count}-${index}-${asked % 2 === 0 ? asked : 0}`;
          const start = (await ledger.now()).getTime();
          const request = { gate: "e2e-suite", target: `service:s${index}`, commit: COMMIT, run };
          const checked = await checkGate(on.context, null, pipeline(run), request);
          if (!checked.ok) throw new Error(checked.message);
          if (checked.answer.open) yes += 1;
          else no += 1;
          if (start < ends) continue;
          after += 1;
          if (checked.answer.open) late.push(`${run} asked ${start - ends} ms after the end`);
        }
      }),
    );
    if (count % 400 === 0) progress("expiries", count, EXPIRIES);
  }
  const recorded = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => queries.usesOf(index + 1, 100_000)));
  const uses = recorded.flatMap((of) => of.uses);
  report("expiries", {
    what: "grants that pipelines asked for until after their end",
    times: EXPIRIES,
    seed: dice.seed,
    lost: 0,
    doubled: 0,
    stuck: 0,
    slowestMs: null,
    more: { "late yes": late.length, yes, no, "uses recorded": uses.length },
  });
  expect(late).toEqual([]);
  expect(uses.filter(({ at }) => at >= ENDS)).toEqual([]);
  expect(yes).toBeGreaterThan(0);
  expect(no).toBeGreaterThan(EXPIRIES);
}, 3_600_000);
