import { parseArgs } from "node:util";

/** The options of `breakglass init`. What is not given is asked, if somebody is there to answer. */
export interface InitOptions {
  readonly channel: string | undefined;
  readonly onCall: string | undefined;
  readonly leads: string | undefined;
  readonly gates: string | undefined;
  readonly incidentPattern: string | undefined;
  readonly timeZone: string | undefined;
  readonly expiresAfter: string | undefined;
  readonly policyFile: string;
  readonly envFile: string;
}

const OPTIONS = {
  channel: { type: "string" },
  "on-call": { type: "string" },
  leads: { type: "string" },
  gates: { type: "string" },
  "incident-pattern": { type: "string" },
  "time-zone": { type: "string" },
  "expires-after": { type: "string" },
  policy: { type: "string", default: "policy.yaml" },
  env: { type: "string", default: ".env" },
} as const;

/** Reads the arguments. @returns a sentence when they cannot be read */
export function readOptions(args: readonly string[]): InitOptions | string {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    return {
      channel: values.channel,
      onCall: values["on-call"],
      leads: values.leads,
      gates: values.gates,
      incidentPattern: values["incident-pattern"],
      timeZone: values["time-zone"],
      expiresAfter: values["expires-after"],
      policyFile: values.policy,
      envFile: values.env,
    };
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
}

/** How `breakglass init` is called. */
export const INIT_USAGE = [
  "breakglass init [--channel CHANNEL] [--on-call WHO] [--leads WHO] [--gates LIST] [--incident-pattern REGEX]",
  "                [--time-zone ZONE] [--expires-after DURATION] [--policy FILE] [--env FILE]",
  "  asks Slack for channels, user groups and people, and writes a policy and a .env; never over a file that is there.",
  "  SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET and SLACK_APP_TOKEN are read from the environment, or asked without showing them.",
  "  --channel           where alerts are posted: #name or id",
  "  --on-call           who may break the glass: a user group or people, as @name or id; several with commas",
  "  --leads             who approves and reviews, likewise",
  "  --gates             the checks that may be skipped, with commas; default: e2e-suite",
  "  --incident-pattern  a regular expression that an incident must match; default: any",
  "  --time-zone         of the office hours, such as Europe/Berlin; default: this machine's",
  "  --expires-after     how long a bypass lasts; default: 60m",
  "  --policy, --env     the files to write; default: policy.yaml and .env",
  "  Without a terminal, --channel, --on-call and --leads are required, and nothing is asked.",
  "  exit 0 written, 1 an answer does not fit, 2 Slack did not answer, 64 wrong usage, 78 Slack refuses the token",
] as const;
