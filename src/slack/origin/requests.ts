import type { RequestReader } from "../../domain/verify/origins/asked.js";
import type { Secret } from "../../lib/secret.js";
import { readEnvelope } from "../transport/envelope.js";
import { isSigned } from "../transport/signature.js";
import { askedBy } from "./asked-by.js";

/** Reads requests that were kept as origins. Several secrets: before and after a rotation. */
export function createRequestReader(secrets: readonly Secret[]): RequestReader {
  return (request) => {
    const { body } = request;
    if (!secrets.some((secret) => isSigned(secret.reveal(), request, body))) return { kind: "forged" };
    const contentType = body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded";
    const envelope = readEnvelope(contentType, body);
    const asked = envelope.kind === "payload" ? askedBy(envelope.payload) : null;
    return asked === null ? { kind: "unreadable" } : { kind: "asked", asked };
  };
}
