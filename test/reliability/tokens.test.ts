import { afterAll, beforeAll, expect, test } from "vitest";
import type { Provider } from "../../demo/ci/claims.js";
import { ALL_PROVIDERS, AUDIENCE, type CiGround, openCiGround } from "../support/ci/ground.js";
import { progress, report } from "../support/reliability/report.js";
import { dice as newDice, sizeOf } from "../support/reliability/seed.js";
import { type Seen, TOKEN_FORGERS } from "../support/reliability/token-forgers.js";
import { partsOf, privateKeyOf, strangersKeys } from "../support/reliability/token-signing.js";

const FORGED = sizeOf("FORGED_TOKENS", 4_000);
/** A genuine token stands between so many forged ones. */
const GENUINE_EVERY = 10;
const dice = newDice("tokens");
const forgers = Object.entries(TOKEN_FORGERS);

let ground: CiGround;
let seen: Readonly<Record<Provider, Seen>>;
beforeAll(async () => {
  ground = await openCiGround();
  const stranger = strangersKeys();
  const see = async (provider: Provider): Promise<Seen> => {
    const issuer = ground.issuers[provider];
    const withdrawn = issuer.key;
    const key = await issuer.rotate();
    issuer.withdraw(withdrawn.kid);
    const token = await issuer.mint(ground.nowS(), AUDIENCE);
    const foreign = ground.issuers[provider === "gitlab" ? "github" : "gitlab"].key;
    return { provider, token, parts: partsOf(token), key, own: privateKeyOf(key), withdrawn, foreign, stranger };
  };
  const [github, gitlab, buildkite, circleci] = [
    await see("github"),
    await see("gitlab"),
    await see("buildkite"),
    await see("circleci"),
  ];
  seen = { github, gitlab, buildkite, circleci };
});
afterAll(() => ground.stop());

test(`none of ${FORGED} forged tokens is accepted, and every genuine one between them is`, async () => {
  const accepted: string[] = [];
  const reasons = new Map<string, number>();
  let refusedTrue = 0;
  for (let count = 0; count < FORGED; count += 1) {
    const provider = ALL_PROVIDERS[count % ALL_PROVIDERS.length] ?? "github";
    const one = seen[provider];
    // Before a replay, somebody has used the token.
    if (count % GENUINE_EVERY < ALL_PROVIDERS.length && !(await ground.identify(one.token)).ok) refusedTrue += 1;
    // One forger for all four providers, then the next.
    const [name, forge] = forgers[Math.floor(count / ALL_PROVIDERS.length) % forgers.length] ?? [];
    if (name === undefined || forge === undefined) throw new Error("There is no forger.");
    const result = await ground.identify(forge(one, dice));
    if (result.ok) accepted.push(`${provider}: ${name}, number ${count}`);
    else reasons.set(result.why, (reasons.get(result.why) ?? 0) + 1);
    if (count % 5_000 === 0) progress("forged tokens", count, FORGED);
  }
  report("tokens", {
    what: "forged, expired, foreign, replayed and algorithm-swapped tokens of four providers",
    times: FORGED,
    seed: dice.seed,
    lost: refusedTrue,
    doubled: accepted.length,
    stuck: 0,
    slowestMs: null,
    more: {
      "ways to forge": forgers.length,
      accepted: accepted.length,
      "true ones refused": refusedTrue,
      ...Object.fromEntries([...reasons].sort().map(([why, times]) => [`refused as ${why}`, times])),
    },
  });
  expect(accepted).toEqual([]);
  expect(refusedTrue).toBe(0);
  // Whatever they made up, each issuer was asked once.
  expect(ALL_PROVIDERS.map((provider) => ground.issuers[provider].requests.discovery)).toEqual([1, 1, 1, 1]);
}, 900_000);
