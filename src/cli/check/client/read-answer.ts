import {
  BYPASS_PATTERN,
  CLOSED_REASONS,
  type ClosedReason,
  JWT_PATTERN,
  SHORT_HEAD_PATTERN,
} from "../../../domain/gate-checks/forms.js";
import type { GateCheckAnswer } from "../../../domain/gate-checks/wire.js";
import { isObject } from "./json.js";

/**
 * Reads an answer, and accepts exactly what the schema in `wire.ts` accepts; a test holds the two together. It is written out
 * because the action has to run without zod.
 * @returns `null` for anything that is no whole answer; the gate then runs
 */
export function readAnswer(value: unknown): GateCheckAnswer | null {
  if (!isObject(value)) return null;
  const { open, reason, grant, expires_in_s, approved_by, commit_proven, receipt } = value;
  const trail = trailOf(value.trail);
  if (trail === null || typeof commit_proven !== "boolean") return null;
  if (open === true) {
    if (reason !== "active_grant" || !isBypass(grant) || !isCount(expires_in_s)) return null;
    if (!isApprovers(approved_by) || !(receipt === null || isJwt(receipt))) return null;
    return { open, reason, grant, expires_in_s, approved_by, commit_proven, trail, receipt };
  }
  if (open !== false || !isClosed(reason) || receipt !== null) return null;
  if (!(grant === null || isBypass(grant)) || !(expires_in_s === null || isCount(expires_in_s))) return null;
  if (!(approved_by === null || isApprovers(approved_by))) return null;
  return { open, reason, grant, expires_in_s, approved_by, commit_proven, trail, receipt };
}

function trailOf(value: unknown): GateCheckAnswer["trail"] | null {
  if (!isObject(value)) return null;
  const { seq, head } = value;
  return isCount(seq) && typeof head === "string" && SHORT_HEAD_PATTERN.test(head) ? { seq, head } : null;
}

const isBypass = (value: unknown): value is string => typeof value === "string" && BYPASS_PATTERN.test(value);
const isJwt = (value: unknown): value is string => typeof value === "string" && JWT_PATTERN.test(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isClosed = (value: unknown): value is ClosedReason => CLOSED_REASONS.some((reason) => reason === value);
const isApprovers = (value: unknown): value is string[] | "alone" =>
  value === "alone" ||
  (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string" && one !== ""));
