import type { ProblemDetails } from "../domain/gate-checks/wire.js";
import { json, type RouteResponse } from "../lib/route.js";

/** The statuses with which the API refuses, and their titles (RFC 9110). */
const TITLES = {
  401: "Unauthorized",
  403: "Forbidden",
  413: "Content Too Large",
  422: "Unprocessable Content",
  503: "Service Unavailable",
} as const;

/** A status with which the API refuses. */
export type ProblemStatus = keyof typeof TITLES;

/**
 * An error as RFC 9457 has it.
 * @param detail what happened, what was not done, and what to do next
 */
export function problem(
  status: ProblemStatus,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): RouteResponse {
  const body: ProblemDetails = { type: "about:blank", title: TITLES[status], status, detail };
  return json(status, body, { "content-type": "application/problem+json", ...headers });
}
