import { setTimeout as wait } from "node:timers/promises";
import { createWebClient } from "../../slack/delivery/web-client.js";
import { lacksScopes } from "../../slack/health/call-trouble.js";
import { ALL_SCOPES } from "../../slack/manifest.js";
import { checkPolicyInSlack } from "../../slack/workspace-check/policy-check.js";
import { createSurvey } from "../../slack/workspace-check/survey.js";
import { checkToken } from "../../slack/workspace-check/token-check.js";
import type { Trouble } from "../../usecases/ports/ports.js";
import { type Finding, findingsOf, type Outcome } from "./finding.js";
import type { Setup } from "./setup.js";

const CALL_MS = 5_000;
/** Slack's `Date` has no fractions of a second, and the way takes time as well. */
const CLOCK_OFF_MS = 5_000;

/** The token, its scopes against those that the bot needs, and Slack's clock. */
export async function checkBotToken({ config, now, out: { fetch } }: Setup): Promise<readonly Finding[]> {
  const { botToken, apiUrl } = config.slack;
  const asked = now();
  const token = await checkToken({ apiUrl, token: botToken.reveal(), method: "auth.test", fetch });
  const { trouble, scopes, slackNow, orgWide } = token;
  if (trouble !== null) return findingsOf("slack token", [trouble]);
  const lacking = scopes === null ? [] : ALL_SCOPES.filter((scope) => !scopes.includes(scope));
  const offMs = slackNow === null ? 0 : offBy(slackNow, asked, now());
  return [
    ...findingsOf("slack token", orgWide ? [ORG_WIDE] : []),
    ...findingsOf(
      "slack scopes",
      lacking.length === 0 ? [] : [{ word: "slack_scope_missing", problem: lacksScopes(lacking) }],
    ),
    ...findingsOf(
      "clock",
      offMs <= CLOCK_OFF_MS
        ? []
        : [
            {
              word: null,
              problem: `This machine's clock is ${Math.round(offMs / 1000)} s off Slack's; from 300 s on, every request is refused.`,
              fix: "Run a time service (chrony, systemd-timesyncd) on this machine.",
            },
          ],
    ),
  ];
}

const ORG_WIDE: Trouble = {
  word: "slack_refused",
  problem: "The bot token is that of a whole organisation.",
  fix: "Install the app in the workspace itself, and use the token that Slack shows there.",
};

function offBy(there: Date, before: Date, after: Date): number {
  return Math.max(0, before.getTime() - there.getTime() - 1000, there.getTime() - after.getTime());
}

/** Whether Slack would open a socket for the app token. */
export async function checkSocket({ config, out: { fetch } }: Setup): Promise<Outcome> {
  const { intake, apiUrl } = config.slack;
  if (intake.kind === "http") return { skipped: "SLACK_APP_TOKEN is not set: Slack reaches the bot over HTTP" };
  const { trouble } = await checkToken({
    apiUrl,
    token: intake.appToken.reveal(),
    method: "apps.connections.open",
    fetch,
  });
  if (trouble === null) return [];
  // The check of the bot token says that.
  if (trouble.kind === "away") return { skipped: "Slack cannot be reached" };
  return findingsOf("slack socket", [{ word: "slack_socket", problem: `Socket Mode: ${trouble.problem}` }]);
}

/** What the policy names, looked up in Slack. */
export async function checkNames({ config, policy, out }: Setup): Promise<Outcome> {
  if (policy === null) return { skipped: "there is no policy to look at" };
  const { botToken, apiUrl } = config.slack;
  const client = createWebClient({ token: botToken.reveal(), apiUrl, timeoutMs: CALL_MS, fetch: out.fetch });
  return findingsOf(
    "slack names",
    await checkPolicyInSlack({ client, survey: createSurvey({ client, pause: (ms) => wait(ms) }), policy }),
  );
}
