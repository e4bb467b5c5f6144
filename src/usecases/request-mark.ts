import { createHash } from "node:crypto";

/**
 * A short code for one request, which all its log lines carry and a person can quote. It says nothing about its origin:
 * eight hex digits of a hash of the command id. The record of a refusal (`…!`) has the mark of the refused command.
 */
export function requestMark(commandId: string): string {
  return createHash("sha256")
    .update(`fault:${commandId.replace(/!$/, "")}`)
    .digest("hex")
    .slice(0, 8);
}
