import { z } from "zod";
import { CI_PROVIDERS, isDigits, issuerFault, isUuid, UNPROVEN_COMMIT } from "../ci.js";
import { lineField, listOf, optional, required, withDefault } from "./fields.js";

const digits = z
  .string()
  .refine(isDigits, { error: 'a number in quotes, such as "123"' })
  .meta({ form: 'a number in quotes, such as "123"' });

const uuid = z
  .string()
  .refine(isUuid, { error: "a UUID in small letters" })
  .meta({ form: "a UUID in small letters, such as 0184990a-477b-4fa8-9968-496074483cec" });

/** A repository of GitHub by ids, because a name can be given away and taken by somebody else. */
const repository = z
  .strictObject({
    id: required(digits, "The repository's id: `gh api repos/OWNER/REPO --jq .id`."),
    owner_id: required(digits, "The id of its owner: `gh api repos/OWNER/REPO --jq .owner.id`."),
  })
  .transform((repository) => ({ id: repository.id, ownerId: repository.owner_id }))
  .meta({ form: "a repository: id and owner_id" });

const issuer = z
  .string()
  .superRefine((text, context) => {
    const fault = issuerFault(text);
    if (fault !== null) context.addIssue({ code: "custom", message: fault });
  })
  .meta({ form: "an https address such as https://token.actions.githubusercontent.com" });

/**
 * An issuer of tokens as the file writes it. Which of the keys that bind a token belong to which provider is checked in
 * `checks/ci.ts`: one mapping with all of them gives better messages than four alternatives.
 */
const ciIssuer = z
  .strictObject({
    provider: required(
      z.enum(CI_PROVIDERS).meta({ form: CI_PROVIDERS.join(", ") }),
      "Whose tokens these are; it decides which of the keys below are needed.",
    ),
    issuer: required(
      issuer,
      "The `iss` of the tokens, exactly. The keys are found by OpenID Connect discovery below this address; http is accepted on this machine alone.",
    ),
    audience: required(
      lineField(200, "an audience"),
      "The `aud` of the tokens, exactly, and the only one. Ask for a token of this audience in the job.",
    ),
    unproven_commit: withDefault(
      z.enum(UNPROVEN_COMMIT).meta({ form: UNPROVEN_COMMIT.join(" or ") }),
      "Whether a commit that only the caller claims, because the token does not prove it, may open a gate.",
      "closed",
    ),
    repositories: optional(
      listOf(repository, "a list of at least one repository, each with id and owner_id"),
      "For `github`: the repositories whose jobs may ask.",
      "required for `github`",
    ),
    projects: optional(
      listOf(
        z
          .string()
          .refine((text) => isDigits(text) || isUuid(text), { error: "the id of a project in quotes" })
          .meta({ form: "the id of a project in quotes" }),
        "a list of at least one project id",
      ),
      'For `gitlab`: the ids of the projects whose jobs may ask, such as "7". For `circleci`: their UUIDs.',
      "required for `gitlab` and `circleci`",
    ),
    organization: optional(
      uuid,
      "For `buildkite` and `circleci`: the organisation whose jobs may ask.",
      "required for `buildkite` and `circleci`",
    ),
    vcs_origins: optional(
      listOf(
        z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,299}$/)
          .meta({ form: "a repository as in the claim, such as github.com/acme/payments-api" }),
        "a list of at least one repository such as github.com/acme/payments-api",
      ),
      "For `circleci`: the repositories that a build may come from. The build of a fork names the fork here.",
      "any repository of the project; pull requests of forks are refused by their ref",
    ),
  })
  .meta({ form: "an issuer: provider, issuer, audience, and what binds its tokens" });

/** The pipelines that may ask whether a gate is open. */
export const ciSection = z
  .strictObject({
    issuers: required(
      listOf(ciIssuer, "a list of at least one issuer"),
      "Who signs the tokens of your pipelines, and which of them count.",
    ),
  })
  .meta({ form: "a mapping with issuers" });

/** An issuer of the file with valid values, still with the keys of the file. */
export type CiIssuerFile = z.output<typeof ciIssuer>;
