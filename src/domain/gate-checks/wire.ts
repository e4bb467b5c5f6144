import { z } from "zod";
import { NAME_PATTERN } from "../policy/name-pattern.js";
import {
  BYPASS_PATTERN,
  CLOSED_REASONS,
  COMMIT_PATTERN,
  JWT_PATTERN,
  LONGEST_TARGET,
  SHORT_HEAD_PATTERN,
} from "./forms.js";
import { RUN_PATTERN } from "./run-id.js";

export { CLOSED_REASONS, GATE_CHECK_PATH } from "./forms.js";

/*
 * What goes over the wire when a pipeline asks whether it may skip a gate. The endpoint and its OpenAPI document
 * derive from these schemas; the client of `breakglass check` takes their types, and reads answers in `read-answer.ts`.
 */

/** The short head of the trail. */
export const shortHeadField = z
  .string()
  .regex(SHORT_HEAD_PATTERN)
  .describe("The short head: the first 24 hex digits of the chain's head.");

/** Number and short head of the newest entry of the trail. */
export const trailHead = z
  .object({
    seq: z.int().min(0).describe("The number of the newest entry; 0 while there is none."),
    head: shortHeadField,
  })
  .describe("Where the trail stood at the answer.");

/** A full commit id, of SHA-1 or SHA-256. */
export const commitId = z
  .string()
  .regex(COMMIT_PATTERN, "expected a full commit id, in small hex digits")
  .describe("The commit that the pipeline builds, in full: 40 or 64 small hex digits.");

/** A bypass by its number. */
export const bypassName = z.string().regex(BYPASS_PATTERN).describe("The bypass, such as `BG-42`.");

/** Who approved: the persons' Slack accounts, or that nobody but the requester did. */
export const approvedBy = z
  .union([z.array(z.string().min(1)).min(1), z.literal("alone")])
  .describe(
    'The Slack accounts that approved; `"alone"` when the requester went alone or the path needs no second person.',
  );

/** The name of a gate in the policy. */
export const gateName = z
  .string()
  .regex(NAME_PATTERN, "expected the name of a gate")
  .describe("The gate, by its name in the policy.");

/** The run that asks. */
export const runId = z
  .string()
  .regex(RUN_PATTERN, "expected where it runs, a colon and the run, such as github:123/456/1")
  .describe(
    "The run: `github:<repository_id>/<run_id>/<run_attempt>`, `gitlab:<project_id>/<pipeline_id>`, " +
      "`buildkite:<pipeline_id>/<build_number>`, `circleci:<project_id>/<workflow_id>`. It must be the run of the token.",
  );

/** What the pipeline is for. */
export const targetText = z
  .string()
  .min(1)
  .max(LONGEST_TARGET)
  .describe("What the pipeline is for: `acme/payments-api#4821`, `service:payments`, as in a declaration.");

/** Whether the commit is more than the caller's word. */
export const commitProven = z
  .boolean()
  .describe("Whether somebody but the caller says that the run builds this commit.");

/** The question of a pipeline. Unknown keys are refused, so that a misspelt one is noticed. */
export const gateCheckRequest = z
  .strictObject({ gate: gateName, target: targetText, commit: commitId, run: runId })
  .describe("May this run skip the gate?");

const openAnswer = z
  .object({
    open: z.literal(true).describe("The run may skip the gate."),
    reason: z.literal("active_grant").describe("A grant covers gate, target and commit."),
    grant: bypassName,
    expires_in_s: z.int().min(0).describe("Whole seconds until the grant ends, by the database's clock."),
    approved_by: approvedBy,
    commit_proven: commitProven,
    trail: trailHead,
    receipt: z
      .string()
      .regex(JWT_PATTERN)
      .nullable()
      .describe("The signed answer, a JWT; `null` when the bot has no key for receipts."),
  })
  .describe("The run may skip the gate.");

const closedAnswer = z
  .object({
    open: z.literal(false).describe("The gate runs as always."),
    reason: z.enum(CLOSED_REASONS).describe("Why it runs."),
    grant: bypassName.nullable().describe("The bypass that came nearest; `null`: none."),
    expires_in_s: z.int().min(0).nullable().describe("Whole seconds until that grant ends; `null`: it is not active."),
    approved_by: approvedBy.nullable().describe("Who approved that bypass; `null`: nobody, or there is none."),
    commit_proven: commitProven,
    trail: trailHead,
    receipt: z.null().describe("Only a yes is signed."),
  })
  .describe("The gate runs as always.");

/**
 * The answer. A yes is whole: it names its grant, who approved it and when it ends. An answer that is neither is none, and
 * the gate runs.
 */
export const gateCheckAnswer = z.discriminatedUnion("open", [openAnswer, closedAnswer]);

/** An error as RFC 9457 has it. It carries no more than these members. */
export const problemDetails = z
  .object({
    type: z.string().describe("What kind of problem it is: an address, or `about:blank`."),
    title: z.string().describe("The problem in short, the same for each of its kind."),
    status: z.int().min(400).max(599).describe("The status code of the response."),
    detail: z.string().optional().describe("What happened here, what was not done, and what to do next."),
    instance: z.string().optional().describe("What names this occurrence."),
  })
  .describe("Problem details, RFC 9457.");

export type GateCheckRequest = z.infer<typeof gateCheckRequest>;
export type GateCheckAnswer = z.infer<typeof gateCheckAnswer>;
export type ProblemDetails = z.infer<typeof problemDetails>;
