import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkGate } from "../../../src/cli/check/client/check-gate.js";
import { runCli } from "../../../src/cli/main.js";
import { type EndpointDouble, NO, openEndpointDouble, YES } from "../../support/gate-checks/endpoint-double.js";

const folder = mkdtempSync(join(tmpdir(), "breakglass-check-"));
const SHA = "9f1c2ab0".repeat(5);
const ASKED = [
  "--gate",
  "e2e-suite",
  "--target",
  "acme/payments-api#4821",
  "--commit",
  SHA,
  "--run",
  "jenkins:payments/7",
];

let double: EndpointDouble;
beforeAll(async () => {
  double = await openEndpointDouble();
});
afterAll(async () => {
  await double?.close();
  rmSync(folder, { recursive: true });
});

type Env = Readonly<Record<string, string | undefined>>;

async function check(args: readonly string[] = ASKED, env: Env = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    readFile: () => Promise.reject(new Error("no such file")),
    env: { BREAKGLASS_URL: double.url, BREAKGLASS_TOKEN: "bg_token", ...env },
    now: () => new Date(0),
  };
  const code = await runCli(["check", ...args], io);
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("breakglass check", () => {
  it("exits with 0 on a yes and says until when, and who approved", async () => {
    double.behave({ answer: YES });
    expect(await check()).toEqual({
      code: 0,
      out: "Skip e2e-suite: BG-42 is active for another 41 min, approved by U0DANA.",
      err: "",
    });
    const question = { gate: "e2e-suite", target: "acme/payments-api#4821", commit: SHA, run: "jenkins:payments/7" };
    expect(double.asked).toEqual([{ token: "bg_token", question }]);
  });

  it("says when nobody else approved, and when the commit is only the run's own word", async () => {
    double.behave({ answer: { ...YES, approved_by: "alone", commit_proven: false, expires_in_s: 59 } });
    expect((await check()).out).toBe(
      "Skip e2e-suite: BG-42 is active for another 59 s, without a second person's approval. That the run builds this commit is only its own word.",
    );
  });

  it.each([
    ["no_grant", null, "Run e2e-suite: no active bypass covers it for acme/payments-api#4821 (no_grant)."],
    ["expired", "BG-42", "Run e2e-suite: BG-42 has ended (expired)."],
    ["other_target", "BG-42", "Run e2e-suite: BG-42 is for another target than acme/payments-api#4821 (other_target)."],
    ["other_commit", "BG-42", "Run e2e-suite: BG-42 does not cover commit 9f1c2ab09f1c (other_commit)."],
    ["drill", "BG-42", "Run e2e-suite: BG-42 is a drill, which opens nothing (drill)."],
    ["not_recorded", null, "Run e2e-suite: the answer could not be recorded, so nothing is skipped (not_recorded)."],
  ] as const)("exits with 1 on a no for the reason %s", async (reason, grant, out) => {
    double.behave({ answer: { ...NO, reason, grant } });
    expect(await check()).toEqual({ code: 1, out, err: "" });
  });

  it("answers in JSON with the question and the whole answer", async () => {
    double.behave({ answer: YES });
    const { code, out } = await check([...ASKED, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ skip: true, question: { gate: "e2e-suite" }, answer: YES });
  });

  it("keeps the receipt in a file; a yes without a receipt stays a yes, and says that there is none", async () => {
    const path = join(folder, "receipt.jwt");
    double.behave({ answer: YES });
    expect(await check([...ASKED, "--receipt-file", path])).toMatchObject({ code: 0, err: "" });
    expect(readFileSync(path, "utf8")).toBe("header.payload.signature\n");
    expect(await check([...ASKED, "--receipt-file", join(folder, "no", "such", "folder")])).toMatchObject({
      code: 0,
      err: expect.stringContaining("the receipt could not be written"),
    });
    double.behave({ answer: { ...YES, receipt: null } });
    const without = await check([...ASKED, "--receipt-file", path]);
    expect(without).toMatchObject({ code: 0, err: expect.stringContaining("the bot has no key for receipts") });
  });
});

describe("what is no clear yes runs the gate", () => {
  const json = { "content-type": "application/json" };
  const raw = (status: number, body: string, headers: Record<string, string> = json) => ({
    raw: { status, headers, body },
  });
  const yes = JSON.stringify(YES);

  it.each([
    ["401", { problem: { type: "about:blank", title: "Unauthorized", status: 401, detail: "Unknown issuer." } }, 2],
    ["403", { problem: { type: "about:blank", title: "Forbidden", status: 403 } }, 2],
    ["422", { problem: { type: "about:blank", title: "Unprocessable", status: 422, detail: "No such gate." } }, 64],
    ["503", { problem: { type: "about:blank", title: "Not recorded", status: 503 } }, 2],
    ["500 without a body", raw(500, ""), 2],
    ["404 in HTML", raw(404, "<html>open: true</html>", { "content-type": "text/html" }), 2],
    ["200 without a body", raw(200, ""), 2],
    ["200 in HTML, as a proxy's page for logging in", raw(200, "<html>true</html>"), 2],
    ["200 with true", raw(200, "true"), 2],
    ["200 with no more than open: true", raw(200, '{"open":true}'), 2],
    ["200 with a yes without its grant", raw(200, JSON.stringify({ ...YES, grant: null })), 2],
    ["200 with a yes of another reason", raw(200, JSON.stringify({ ...YES, reason: "expired" })), 2],
    ["200 with open as a text", raw(200, JSON.stringify({ ...YES, open: "true" })), 2],
    ["201 with a yes", raw(201, yes), 2],
    ["200 with more than anybody reads", raw(200, `${yes}${" ".repeat(70_000)}`), 2],
  ])("%s", async (_what, behaviour, code) => {
    double.behave(behaviour);
    const { code: found, out } = await check();
    expect({ code: found, out }).toEqual({
      code,
      out: expect.stringMatching(/^Run e2e-suite: .* Nothing was skipped\.$/),
    });
    expect(double.requests()).toBe(1);
  });

  it("a redirect, which is not followed: the token would go along", async () => {
    double.behave(raw(307, "", { location: double.url }));
    expect(await check()).toMatchObject({ code: 2, out: expect.stringContaining("redirects (307)") });
    expect(double.requests()).toBe(1);
  });

  it("words of the bot are shown, and none of them reaches the terminal as a command", async () => {
    const detail = "\u001b[2J\n::set-output name=skip::true";
    double.behave({ problem: { type: "about:blank", title: "Forbidden", status: 403, detail } });
    const { out } = await check();
    expect(out).toContain("\\u{1b}[2J\\u{a}::set-output");
    expect(out.split("\n")).toHaveLength(1);
  });

  it("a connection that breaks is tried once more, and not a third time", async () => {
    double.behave({ closes: 1, answers: YES });
    expect(await check()).toMatchObject({ code: 0 });
    expect(double.requests()).toBe(2);
    double.behave({ closes: 2, answers: YES });
    expect(await check()).toMatchObject({ code: 2, out: expect.stringContaining("no connection") });
    expect(double.requests()).toBe(2);
  });

  it("nobody listens", async () => {
    const gone = await openEndpointDouble();
    await gone.close();
    const { code, out } = await check(ASKED, { BREAKGLASS_URL: gone.url });
    expect({ code, out }).toEqual({ code: 2, out: expect.stringContaining("no connection (ECONNREFUSED)") });
  });

  it("no answer in time, whatever is still to come", async () => {
    double.behave({ never: true });
    const [gate, target, run] = ["e2e-suite", "acme/payments-api#4821", "jenkins:payments/7"];
    const outcome = await checkGate(
      { gate, target, commit: SHA, run, audience: "breakglass" },
      {
        env: { BREAKGLASS_URL: double.url, BREAKGLASS_TOKEN: "bg_token" },
        fetch,
        readFile: () => Promise.reject(new Error("no such file")),
        deadlineMs: 200,
      },
    );
    expect(outcome).toMatchObject({ code: 2, line: expect.stringContaining("no answer within 0.2 s"), answer: null });
    expect(double.requests()).toBe(1);
  });
});

describe("what is wrong before anything is asked", () => {
  const without = (name: string) => ASKED.filter((_, at) => ASKED[at] !== name && ASKED[at - 1] !== name);

  it.each([
    ["no gate", without("--gate"), {}, 64, "say the gate with --gate"],
    ["no target", without("--target"), {}, 64, "say the target with --target"],
    ["no commit", without("--commit"), {}, 64, "say the commit with --commit"],
    ["no run", without("--run"), {}, 64, "say the run with --run"],
    ["a short commit", [...ASKED, "--commit", "9f1c2ab"], {}, 64, "is not a full commit id"],
    [
      "a commit that Buildkite calls HEAD",
      without("--commit"),
      { BUILDKITE: "true", BUILDKITE_COMMIT: "HEAD" },
      64,
      '"HEAD" is not',
    ],
    ["an unknown option", [...ASKED, "--gates", "x"], {}, 64, ""],
    ["no address", ASKED, { BREAKGLASS_URL: "" }, 78, "BREAKGLASS_URL, the address of the bot, is not set"],
    [
      "an address without TLS",
      ASKED,
      { BREAKGLASS_URL: "http://breakglass.example.com" },
      78,
      "must start with https://",
    ],
    [
      "an address with a password",
      ASKED,
      { BREAKGLASS_URL: "https://u:hake@breakglass.example.com" },
      78,
      "have no user",
    ],
    [
      "a proxy that is none",
      ASKED,
      { HTTPS_PROXY: "socks5://u:hake@proxy:1080" },
      78,
      "The proxy of the environment cannot be used",
    ],
    ["no token", ASKED, { BREAKGLASS_TOKEN: " " }, 78, "BREAKGLASS_TOKEN is not set"],
    [
      "no token on GitLab",
      ASKED,
      { BREAKGLASS_TOKEN: "", GITLAB_CI: "true" },
      78,
      "on GitLab CI, give the job id_tokens",
    ],
    ["a token in two lines", ASKED, { BREAKGLASS_TOKEN: "hake\nx" }, 78, "BREAKGLASS_TOKEN is no token"],
  ])("%s", async (_what, args, env, code, said) => {
    double.behave({ answer: YES });
    const { code: found, out, err } = await check(args, env);
    expect(found).toBe(code);
    expect(out + err).toContain(said);
    expect(out + err).not.toContain("hake");
    expect(double.requests()).toBe(0);
  });
});
