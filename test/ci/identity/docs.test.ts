import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { FORBIDDEN_TOKENS, REFUSED_TOKENS, type TokenRefusal } from "../../../src/usecases/ports/ci-identity.js";
import { SOUND, soundPolicy } from "../../domain/policy/fixtures.js";

const page = readFileSync(resolve(import.meta.dirname, "../../../docs/ci.md"), "utf8");

test("the example of docs/ci.md is a valid part of a policy", () => {
  const [, yaml = ""] = /```yaml\n(ci:\n[\s\S]*?)```/.exec(page) ?? [];
  const { issuers } = soundPolicy(SOUND + yaml).ci;
  expect(issuers.map(({ provider }) => provider)).toEqual(["github", "gitlab", "buildkite", "circleci"]);
});

test("docs/ci.md says of each refusal what it means and what is answered", () => {
  const rows = [...page.matchAll(/^\| `([a-z_]+)` \| (\d{3}) \|/gm)].map(([, word, status]) => [word, Number(status)]);
  const statusOf = (why: string): number => {
    if (why === "keys_unavailable") return 503;
    const isForbidden: boolean = [...FORBIDDEN_TOKENS].some((word: TokenRefusal) => word === why);
    return isForbidden ? 403 : 401;
  };
  const known = Object.keys(REFUSED_TOKENS).map((why) => [why, statusOf(why)]);
  expect(rows.sort()).toEqual(known.sort());
});
