import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../../src/domain/policy/parse.js";
import type { Case } from "./broken-texts.js";
import { SOUND, soundPolicy } from "./fixtures.js";

const ORGANIZATION = "0184990a-477b-4fa8-9968-496074483cec";
const PROJECT = "3a2f5b1c-7d4e-4f6a-9b8c-0d1e2f3a4b5c";

/** A policy with an issuer of each provider; the tests break one passage of it. */
const CI = `ci:
  issuers:
    - provider: github
      issuer: https://token.actions.githubusercontent.com
      audience: breakglass
      repositories: [{ id: "123", owner_id: "45" }]
    - provider: gitlab
      issuer: https://gitlab.example.com
      audience: https://breakglass.example.com
      unproven_commit: open
      projects: ["7", "8"]
    - provider: buildkite
      issuer: https://agent.buildkite.com
      audience: breakglass
      organization: ${ORGANIZATION}
    - provider: circleci
      issuer: https://oidc.circleci.com/org/${ORGANIZATION}
      audience: ${ORGANIZATION}
      organization: ${ORGANIZATION}
      projects: [${PROJECT}]
      vcs_origins: [github.com/acme/payments-api]
`;

describe("the issuers of a policy", () => {
  it("are read with what binds the tokens of each provider", () => {
    expect(soundPolicy(SOUND + CI).ci.issuers).toEqual([
      {
        provider: "github",
        issuer: "https://token.actions.githubusercontent.com",
        audience: "breakglass",
        unprovenCommit: "closed",
        repositories: [{ id: "123", ownerId: "45" }],
      },
      {
        provider: "gitlab",
        issuer: "https://gitlab.example.com",
        audience: "https://breakglass.example.com",
        unprovenCommit: "open",
        projects: ["7", "8"],
      },
      {
        provider: "buildkite",
        issuer: "https://agent.buildkite.com",
        audience: "breakglass",
        unprovenCommit: "closed",
        organization: ORGANIZATION,
      },
      {
        provider: "circleci",
        issuer: `https://oidc.circleci.com/org/${ORGANIZATION}`,
        audience: ORGANIZATION,
        unprovenCommit: "closed",
        organization: ORGANIZATION,
        projects: [PROJECT],
        vcsOrigins: ["github.com/acme/payments-api"],
      },
    ]);
  });

  it("are none where the policy names none", () => {
    expect(soundPolicy().ci).toEqual({ issuers: [] });
  });

  it("may be on this machine without TLS", () => {
    for (const host of ["localhost:8080", "127.0.0.1:1", "[::1]:8080"]) {
      const text = CI.replace("https://gitlab.example.com", `http://${host}`);
      expect(soundPolicy(SOUND + text).ci.issuers[1]?.issuer).toBe(`http://${host}`);
    }
  });

  it("may have one address and several audiences", () => {
    const [github = ""] = CI.match(/ {4}- provider: github[\s\S]*?owner_id: "45" \}\]\n/) ?? [];
    const text = `${CI}${github.replace("audience: breakglass", "audience: other")}`;
    expect(soundPolicy(SOUND + text).ci.issuers).toHaveLength(5);
  });
});

/** What is wrong; the passage of `CI` and what stands in its place, with `«` where the error is; the message; the nearest word. */
const BROKEN: Case[] = [
  [
    "an unknown provider",
    "provider: gitlab",
    "provider: «gitlap",
    /expected github, gitlab, buildkite, circleci/,
    "gitlab",
  ],
  [
    "an unknown key",
    "unproven_commit: open",
    "«unproven_comit: open",
    /expected one of the keys .*"unproven_comit"/,
    "unproven_commit",
  ],
  [
    "a word that is neither open nor closed",
    "unproven_commit: open",
    "unproven_commit: «opened",
    /expected closed or open/,
    "open",
  ],
  ["an issuer without TLS", "https://gitlab.example.com", "«http://gitlab.example.com", /starts with https/],
  [
    "a host that only looks like this machine",
    "https://gitlab.example.com",
    "«http://127.0.0.1.example.com",
    /starts with https/,
  ],
  ["an issuer that is no address", "https://gitlab.example.com", "«gitlab.example.com", /a whole address/],
  ["an issuer with a password", "https://gitlab.example.com", "«https://a:b@gitlab.example.com", /without a user name/],
  ["an issuer with a query", "https://gitlab.example.com", "«https://gitlab.example.com/?a=b", /without a query/],
  [
    "an issuer in capitals",
    "https://gitlab.example.com",
    "«https://GitLab.example.com",
    /written https:\/\/gitlab\.example\.com/,
  ],
  [
    "an issuer with its usual port",
    "https://gitlab.example.com",
    "«https://gitlab.example.com:443",
    /written https:\/\/gitlab\.example\.com/,
  ],
  ["a file address", "https://gitlab.example.com", "«file:///etc/passwd", /starts with https/],
  [
    "a missing audience",
    "      audience: https://breakglass.example.com\n",
    "",
    /expected an audience .*the key is missing/,
  ],
  ["a repository without its owner", ', owner_id: "45"', "", /expected a number in quotes.*the key is missing/],
  ["an id without quotes", 'id: "123"', "id: «123", /expected a number in quotes, such as "123", found 123/],
  ["an id that starts with 0", 'id: "123"', 'id: «"0123"', /expected a number in quotes/],
  ["an id that is a name", 'id: "123"', "id: «acme/payments-api", /expected a number in quotes/],
  ["no repository", '[{ id: "123", owner_id: "45" }]', "«[]", /a list of at least one repository/],
  ["a project twice", '["7", "8"]', '["7", «"7"]', /each item once/],
  ["a UUID as a project of GitLab", '["7", "8"]', `[«${PROJECT}]`, /the id of a GitLab project in quotes/],
  ["a number as a project of CircleCI", `[${PROJECT}]`, '[«"7"]', /the UUID of a CircleCI project/],
  ["a project that is a path", '["7", "8"]', "[«acme/payments-api]", /the id of a project in quotes/],
  ["a UUID in capitals", `projects: [${PROJECT}]`, `projects: [«${PROJECT.toUpperCase()}]`, /the id of a project/],
  ["a missing binding", '      projects: ["7", "8"]\n', "", /expected projects, which binds the tokens of gitlab/],
  [
    "a binding of another provider",
    'projects: ["7", "8"]',
    `projects: ["7"]\n      «organization: ${PROJECT}`,
    /one of the keys of gitlab/,
  ],
  [
    "repositories of GitLab",
    'projects: ["7", "8"]',
    'projects: ["7"]\n      «repositories: [{ id: "1", owner_id: "2" }]',
    /one of the keys of gitlab/,
  ],
  [
    "an organisation that the issuer does not name",
    `organization: ${ORGANIZATION}\n      projects`,
    `organization: «${PROJECT}\n      projects`,
    /the organisation that the issuer names/,
  ],
  [
    "one issuer of two providers",
    "https://gitlab.example.com",
    "https://token.actions.githubusercontent.com",
    /expected github, the provider of this issuer/,
  ],
  ["no issuer", CI.slice(CI.indexOf("  issuers:")), "  issuers: «[]\n", /a list of at least one issuer/],
  ["nothing under ci", CI.slice(CI.indexOf("  issuers:")), "", /expected a mapping with issuers, found nothing/],
];

describe("a policy with issuers is refused with the position, what was expected and what was found", () => {
  it.each(BROKEN)("for %s", (...args) => {
    const [, passage, replacement, message, nearest] = args;
    expect(CI.split(passage).length, "the passage is there once").toBe(2);
    const marked = SOUND + CI.replace(passage, () => replacement);
    const at = marked.indexOf("«");
    const result = parsePolicy(marked.replace("«", ""), "policy.yaml");
    const errors = result.ok ? [] : result.errors;
    expect(errors, JSON.stringify(errors)).toHaveLength(1);
    expect(errors[0]?.message).toMatch(message);
    expect(errors[0]?.nearest).toBe(nearest);
    if (at < 0) return;
    const before = marked.slice(0, at).split("\n");
    expect(errors[0]).toMatchObject({ line: before.length, column: (before.at(-1) ?? "").length + 1 });
  });

  it("for one issuer and audience twice", () => {
    const text = CI.replace("issuer: https://gitlab.example.com", "issuer: https://agent.buildkite.com")
      .replace("audience: https://breakglass.example.com", "audience: breakglass")
      .replace("provider: gitlab", "provider: buildkite")
      .replace("      unproven_commit: open\n", "")
      .replace('projects: ["7", "8"]', `organization: ${PROJECT}`);
    const result = parsePolicy(SOUND + text, "policy.yaml");
    expect(result.ok ? [] : result.errors).toMatchObject([
      { path: "ci.issuers[2].audience", message: expect.stringContaining("each issuer and audience once") },
    ]);
  });
});
