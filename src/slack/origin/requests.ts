import type { RequestReader } from "../../domain/verify/origins/asked.js";
import type { Secret } from "../../lib/secret.js";
import { readEnvelope } from "../transport/envelope.js";
import { unpackBody } from "../transport/kept-body.js";
import { isSigned } from "../transport/signature.js";
import { askedBy } from "./asked-by.js";

/** Reads requests that were kept as origins. Several secrets: before and after a rotation. */
export function createRequestReader(secrets: readonly Secret[]): RequestReader {
  return (request) => {
    const raw = unpackBody(request.deflated);
    if (raw === null) return { kind: "unreadable" };
    const secret = secrets.findIndex((one) => isSigned(one.reveal(), request, raw));
    if (secret < 0) return { kind: "forged" };
    const body = raw.toString("utf8");
    const envelope = readEnvelope(body);
    const asked = envelope.kind === "payload" ? askedBy(envelope.payload) : null;
    return asked === null ? { kind: "unreadable" } : { kind: "asked", asked, secret };
  };
}
