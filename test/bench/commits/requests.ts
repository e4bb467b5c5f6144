import type { Origin } from "../../../src/domain/events/origin.js";
import { packBody } from "../../../src/slack/transport/kept-body.js";

let count = 0;

/** An origin with a body of Slack's shape. Each has ids of its own, as trigger and response URL have. */
function originOf(fields: (id: string) => Readonly<Record<string, string>>): Origin {
  count += 1;
  const id = `${count}.4919331843.${(count * 2_654_435_761) % 4_294_967_296}`;
  const body = new URLSearchParams(fields(id)).toString();
  return {
    via: "slack-request",
    timestamp: "1796057037",
    signature: `v0=${"5f".repeat(32)}`,
    deflated: packBody(body),
  };
}

const responseUrl = (id: string): string => `https://hooks.slack.com/commands/T0ACME/${id}`;

/** A `/breakglass log`, half a kilobyte. */
export const typedLine = (line: string): Origin =>
  originOf((id) => ({
    token: "verification-token",
    ...{ team_id: "T0ACME", team_domain: "acme", channel_id: "C0INC", channel_name: "incidents" },
    ...{ user_id: "U0DANA", user_name: "dana", command: "/breakglass", text: `log BG-42 ${line}`, api_app_id: "A0BG" },
    ...{ is_enterprise_install: "false", response_url: responseUrl(id), trigger_id: id },
  }));

const WORDS = "production login customers suite config smoke tests pass rollback owner on-call approve gate two".split(
  " ",
);

/** A submitted form of declaration, seven kilobytes as those of the demo are. */
export const submittedForm = (reason: string): Origin =>
  originOf((id) => {
    const blocks = Array.from({ length: 14 }, (_, index) => ({
      type: "input",
      block_id: `field-${index}`,
      label: { type: "plain_text", text: WORDS[index] ?? "", emoji: true },
      hint: {
        type: "plain_text",
        text: `${WORDS[(index * 3) % 14]} ${WORDS[(index * 5) % 14]} ${reason.slice(index)}`,
      },
      element: { type: "plain_text_input", action_id: `typed-${index}`, dispatch_action_config: null },
    }));
    const view = { id, type: "modal", callback_id: "declare", hash: id, blocks, state: { values: { reason } } };
    const sender = { team: { id: "T0ACME", domain: "acme" }, user: { id: "U0DANA", username: "dana" } };
    return { payload: JSON.stringify({ type: "view_submission", ...sender, trigger_id: id, view }) };
  });
