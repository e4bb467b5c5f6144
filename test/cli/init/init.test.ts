import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CAST, peopleTheWorkspace } from "../../../demo/cast.js";
import { createSlackDouble, type SlackDouble } from "../../../demo/slack/index.js";
import type { ExitCode } from "../../../src/cli/command.js";
import { createInitCommand } from "../../../src/cli/init/init-command.js";
import { Stopped, type Terminal } from "../../../src/cli/init/terminal.js";
import { parsePolicy } from "../../../src/domain/policy/parse.js";

let slack: SlackDouble;
let folder: string;
beforeAll(async () => {
  slack = await createSlackDouble();
  peopleTheWorkspace(slack);
  slack.channels.add({ id: "C0RANDOM", name: "random", members: [CAST.lee], botIsMember: false });
});
afterAll(() => slack?.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "breakglass-init-"));
});
afterEach(() => {
  slack.faults.clear();
  rmSync(folder, { recursive: true });
});

const policyFile = () => join(folder, "policy.yaml");
const envFile = () => join(folder, ".env");
const files = () => ["--policy", policyFile(), "--env", envFile()];
const REQUIRED = ["--channel", "#incidents", "--on-call", "@on-call", "--leads", "@on-call-leads"];

/** The answers that have a default. */
const rest = () => ["--incident-pattern", "", "--time-zone", "UTC", "--expires-after", "60m"];
const NO_TOKEN = { SLACK_BOT_TOKEN: "" };

/** Nobody is there to answer. */
const NOBODY: Terminal = {
  interactive: false,
  ask: () => Promise.reject(new Stopped("nobody")),
  askHidden: () => Promise.reject(new Stopped("nobody")),
  show: () => {},
  close: () => {},
};

interface Ran {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

async function init(args: readonly string[], env: Record<string, string> = {}, terminal = NOBODY): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await createInitCommand(() => terminal).run(args, {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    readFile: (path) => readFile(path),
    env: { SLACK_API_URL: slack.apiUrl, SLACK_BOT_TOKEN: slack.botToken, ...env },
    now: () => new Date(0),
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

/** A person who answers the questions in turn, and what was shown to them. */
function person(answers: readonly string[]): Terminal & { readonly shown: string[] } {
  const left = [...answers];
  const shown: string[] = [];
  const answer = async (question: string): Promise<string> => {
    shown.push(question);
    const next = left.shift();
    if (next === undefined) throw new Stopped("no answer left");
    return next;
  };
  return {
    interactive: true,
    ask: answer,
    askHidden: answer,
    show: (line) => shown.push(line),
    close: () => {},
    shown,
  };
}

const policy = () => {
  const parsed = parsePolicy(readFileSync(policyFile(), "utf8"), "policy.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.policy;
};

describe("breakglass init with options", () => {
  test("writes a policy that lints and a .env that only its owner can read", async () => {
    const secret = { SLACK_SIGNING_SECRET: slack.signingSecret };
    const { code, out, err } = await init(
      [...REQUIRED, ...files(), "--gates", "End-to-end suite, two-approvals"],
      secret,
    );
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { roles, gates, paths } = policy();
    expect(roles["on-call-engineer"]?.slackUsergroup).toBe("S0ONCALL");
    expect(roles["on-call-lead"]?.slackUsergroup).toBe("S0LEADS");
    expect(Object.entries(gates).map(([id, { title }]) => [id, title])).toEqual([
      ["end-to-end-suite", "End-to-end suite"],
      ["two-approvals", "two-approvals"],
    ]);
    expect(paths.emergency_deploy).toMatchObject({ alertChannel: "C0INCIDENTS" });
    const env = readFileSync(envFile(), "utf8");
    expect(env).toContain(`\nSLACK_BOT_TOKEN=${slack.botToken}\n`);
    expect(env).toContain(`\nSLACK_SIGNING_SECRET=${slack.signingSecret}\n`);
    expect(env).toContain(`\nBREAKGLASS_POLICY=${policyFile()}\n`);
    expect(statSync(envFile()).mode & 0o777).toBe(0o600);
    expect(out + err).not.toContain(slack.botToken);
    expect(out + err).not.toContain(slack.signingSecret);
  });

  test("takes people beside a group, ids as well as names, and every other answer", async () => {
    const args = ["--channel", "C0INCIDENTS", "--on-call", "S0ONCALL,@lee", "--leads", `${CAST.dana}, @noor`];
    const more = ["--incident-pattern", "^INC-\\d+$", "--time-zone", "Europe/Berlin", "--expires-after", "30m"];
    expect(await init([...args, ...more, ...files()])).toMatchObject({ code: 0 });
    const { roles, paths, officeHours } = policy();
    expect(roles["on-call-engineer"]).toMatchObject({ slackUsergroup: "S0ONCALL", slackUsers: [CAST.lee] });
    expect(roles["on-call-lead"]).toMatchObject({ slackUsergroup: null, slackUsers: [CAST.dana, CAST.noor] });
    expect(officeHours.timezone).toBe("Europe/Berlin");
    expect(paths.emergency_deploy?.expiresAfterSeconds).toBe(1800);
  });

  test("names every missing option at once, asks nothing and writes nothing", async () => {
    const { code, err } = await init(files());
    expect(code).toBe(64);
    for (const option of ["--channel", "--on-call", "--leads"]) expect(err).toContain(`${option}: is required`);
    expect(() => statSync(policyFile())).toThrow();
  });

  test("names every answer that Slack does not know, with the nearest one", async () => {
    const wrong = ["--channel", "#incidnts", "--on-call", "@oncall", "--leads", "@gale", "--time-zone", "Berlin"];
    const { code, err } = await init([...wrong, ...files()]);
    expect(code).toBe(1);
    expect(err).toContain('"#incidnts". Did you mean #incidents?');
    expect(err).toContain('"@oncall". Did you mean @on-call?');
    // A guest can hold no role.
    expect(err).toContain('--leads: Slack knows no user group or person "@gale"');
    expect(err).toContain('"Berlin" is not a time zone');
  });

  test("says what is wrong with a pattern by its place in the policy, and writes nothing", async () => {
    const { code, err } = await init([...REQUIRED, "--incident-pattern", "(", ...files()]);
    expect(code).toBe(1);
    expect(err).toContain("incident_pattern");
    expect(() => statSync(policyFile())).toThrow();
  });

  test.each(["policy.yaml", ".env"])("never writes over a %s that is there", async (name) => {
    writeFileSync(join(folder, name), "mine");
    const { code, err } = await init([...REQUIRED, ...files()]);
    expect(code).toBe(1);
    expect(err).toContain(`${name} is there already`);
    expect(readFileSync(join(folder, name), "utf8")).toBe("mine");
    expect(() => statSync(name === ".env" ? policyFile() : envFile())).toThrow();
  });

  test("reminds of the invitation where the bot is not a member, and of secrets that are not there yet", async () => {
    const { code, out } = await init([...REQUIRED, "--channel", "#random", ...files()]);
    expect(code).toBe(0);
    expect(out).toContain("in #random: /invite @breakglass");
    expect(out).toContain("put SLACK_SIGNING_SECRET or SLACK_APP_TOKEN into");
  });
});

describe("breakglass init when Slack refuses", () => {
  test("asks again after a token that is none or a wrong one, and does not speak of a restart", async () => {
    const wrong = ["xo", "xb-wrong"].join("");
    const typed = person(["", "abc", wrong, slack.botToken, slack.signingSecret]);
    const { code, err } = await init([...REQUIRED, "--gates", "e2e", ...rest(), ...files()], NO_TOKEN, typed);
    expect(code).toBe(0);
    expect(err.split("\n")).toEqual([
      expect.stringContaining("Nothing was pasted"),
      expect.stringContaining("does not start with xoxb-"),
      expect.stringMatching(/invalid_auth.*Copy the Bot User OAuth Token/),
    ]);
    expect(err).not.toContain("restart");
    expect(typed.shown.filter((line) => line.includes("Bot User OAuth Token"))).toHaveLength(4);
  });

  test("a wrong token exits with 78 and says where the right one is, without repeating it", async () => {
    const wrong = ["xo", "xb-wrong"].join("");
    const { code, err } = await init([...REQUIRED, ...files()], { SLACK_BOT_TOKEN: wrong });
    expect(code).toBe(78);
    expect(err).toContain("invalid_auth");
    expect(err).toContain("OAuth & Permissions");
    expect(err).not.toContain(wrong);
  });

  test("a missing token exits with 78 and names the variable", async () => {
    expect(await init([...REQUIRED, ...files()], { SLACK_BOT_TOKEN: "" })).toMatchObject({
      code: 78,
      err: expect.stringContaining("SLACK_BOT_TOKEN is not set"),
    });
  });

  test("an unreachable Slack exits with 2", async () => {
    await slack.faults.unreachable();
    const { code, err } = await init([...REQUIRED, ...files()]);
    await slack.faults.reachable();
    expect(code).toBe(2);
    expect(err).toContain("Slack cannot be reached (");
  });

  test("a plan without user groups still takes people", async () => {
    slack.faults.set("usergroups.list", { kind: "error", code: "plan_upgrade_required" }, "always");
    const people = ["--channel", "#incidents", "--on-call", "@priya, @omar", "--leads", "@dana"];
    const { code, err } = await init([...people, ...files()]);
    expect(code).toBe(0);
    expect(err).toContain("no user groups");
    expect(policy().roles["on-call-lead"]?.slackUsers).toEqual([CAST.dana]);
  });
});

describe("breakglass init with a person at the terminal", () => {
  test("asks for what is missing, offers what Slack knows, and asks again until the answer fits", async () => {
    const answers = ["1", "@nobody-of-that-name", "1", "@on-call-leads", "", "", "Europe/Berlin", ""];
    const at = person([slack.botToken, ...answers, slack.signingSecret]);
    const { code } = await init(files(), { SLACK_BOT_TOKEN: "" }, at);
    expect(code).toBe(0);
    const shown = at.shown.join("\n");
    expect(shown).toContain("1  #incidents (the bot is a member)");
    expect(shown).toContain("@on-call (2)");
    expect(shown).toContain('no user group or person "@nobody-of-that-name"');
    expect(policy().roles["on-call-engineer"]?.slackUsergroup).toBe("S0ONCALL");
    expect(readFileSync(envFile(), "utf8")).toContain(`SLACK_SIGNING_SECRET=${slack.signingSecret}`);
  });

  test("takes an app-level token for Socket Mode in place of the signing secret", async () => {
    const at = person(["", "", "", slack.appToken]);
    expect(await init([...REQUIRED, "--gates", "e2e", ...files()], {}, at)).toMatchObject({ code: 0 });
    const env = readFileSync(envFile(), "utf8");
    expect(env).toContain(`SLACK_APP_TOKEN=${slack.appToken}`);
    expect(env).toMatch(/^SLACK_SIGNING_SECRET=$/m);
  });

  test("writes nothing when the person stops half way", async () => {
    const { code, err } = await init(files(), {}, person(["1"]));
    expect(code).toBe(2);
    expect(err).toContain("nothing was written");
    expect(() => statSync(policyFile())).toThrow();
  });
});
