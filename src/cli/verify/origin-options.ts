import type { OriginCounts, OriginOptions } from "../../domain/verify/origins/origins.js";
import { Secret } from "../../lib/secret.js";
import { createRequestReader } from "../../slack/origin/requests.js";
import type { CommandIo } from "../command.js";

/**
 * Reads the signing secrets from a file: one per line, as several are of use after a rotation. They are never arguments, which
 * other users of the machine can read.
 * @throws when the file cannot be read or holds none
 */
export async function readOriginOptions(file: string, allowSocketMode: boolean, io: CommandIo): Promise<OriginOptions> {
  const text = new TextDecoder().decode(await io.readFile(file));
  const secrets = text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [new Secret(line.trim())]));
  if (secrets.length === 0) throw new Error("it holds no secret");
  return { read: createRequestReader(secrets), allowSocketMode };
}

/** How many acts are proven by what, in one line. */
export function originLine({ acts, signed, proven, socket, removed, provenBefore, without }: OriginCounts): string {
  const signature =
    proven === null
      ? `${signed} with Slack's signature (not checked: no signing secret was given)`
      : `${proven} proven by Slack's signature, ${signed - proven} with one that does not prove them`;
  return `acts of people: ${acts}; ${signature}, ${socket} over Socket Mode, ${removed} whose origin was redacted (${provenBefore} proven before), ${without} without one`;
}
