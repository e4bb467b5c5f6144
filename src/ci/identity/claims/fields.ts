import { z } from "zod";
import { COMMIT_PATTERN } from "../../../domain/gate-checks/forms.js";
import { isDigits, isUuid } from "../../../domain/policy/ci.js";

/** A numeric id, which the providers write as a string. */
export const digits = z.string().refine(isDigits);
export const uuid = z.string().refine(isUuid);
/** A whole commit id: SHA-1 or SHA-256. */
export const commitSha = z.string().regex(COMMIT_PATTERN);
/** A word of the provider, such as `pull_request` or `merge_request_event`. */
export const word = z.string().regex(/^[A-Za-z0-9_:-]{1,100}$/);
/** A text that people choose, such as the name of a branch. */
export const chosenText = z.string().max(1_000);
/** RFC 7519, 4.1.7, within bounds. */
export const tokenId = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/** `owner/name`, as GitHub writes a repository. */
export const repositoryName = z.string().regex(/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/);
