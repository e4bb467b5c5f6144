import { parseArgs } from "node:util";
import { isoOf, type ReceiptVerdict, verifyReceipt } from "../../ci/receipts/verify-receipt.js";
import type { ReceiptClaims } from "../../domain/receipts/receipt.js";
import { type CommandIo, EXIT, type ExitCode, printJson } from "../command.js";
import { readKeySet } from "./key-set.js";

/** Claims that may be asked for by an option of the same name. */
const ASKED = ["gate", "run", "commit", "repository", "iss"] as const;

/** `breakglass receipt verify RECEIPT --jwks KEYS`: verifies a receipt offline. */
export async function verify(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const options = parse(args);
  if (typeof options === "string") {
    io.err(`breakglass receipt verify: ${options}`);
    return EXIT.wrongUsage;
  }
  const keys = await readKeySet(options.jwks, io);
  if ("fault" in keys) return unread(keys.fault, io);
  const receipt = options.receipt === "-" ? await standardInput(io) : options.receipt;
  if (receipt === null) return unread("standard input could not be read.", io);
  const at = options.at ?? Math.floor(io.now().getTime() / 1000);
  const verdict = withAsked(await verifyReceipt(receipt.trim(), keys.keys, at), options.asked);
  if (options.json) printJson(io, { at: isoOf(at), problem: null, ...verdict });
  else tell(verdict, at, io);
  return verdict.ok ? EXIT.fine : EXIT.foundWrong;
}

interface Options {
  readonly receipt: string;
  readonly jwks: string;
  /** Seconds since 1970; `null`: now. */
  readonly at: number | null;
  readonly asked: Partial<Record<(typeof ASKED)[number], string>>;
  readonly json: boolean;
}

function parse(args: readonly string[]): Options | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        jwks: { type: "string" },
        at: { type: "string" },
        gate: { type: "string" },
        run: { type: "string" },
        commit: { type: "string" },
        repository: { type: "string" },
        iss: { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
    const [receipt, ...more] = positionals;
    if (receipt === undefined || more.length > 0) return "expected one receipt, or - to read it from standard input";
    const { jwks, at, json, ...asked } = values;
    if (jwks === undefined)
      return "say with --jwks which keys to trust: a file, or the address of /.well-known/jwks.json";
    const seconds = at === undefined ? null : secondsOf(at);
    if (Number.isNaN(seconds))
      return `expected --at as a time such as 2026-12-01T03:12:00Z, found ${JSON.stringify(at)}`;
    return { receipt, jwks, at: seconds, asked, json };
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
}

/** Seconds of a time with its zone: without one, it would mean another moment on another machine. */
const secondsOf = (time: string): number =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(time)
    ? Math.floor(Date.parse(time) / 1000)
    : Number.NaN;

function withAsked(verdict: ReceiptVerdict, asked: Options["asked"]): ReceiptVerdict {
  if (!verdict.ok) return verdict;
  const other = ASKED.find((name) => asked[name] !== undefined && asked[name] !== verdict.claims[name]);
  if (other === undefined) return verdict;
  const problem = `its ${other} is ${verdict.claims[other] ?? "not given"}, not ${asked[other] ?? ""}`;
  return { ok: false, problem, claims: verdict.claims };
}

async function standardInput(io: CommandIo): Promise<string | null> {
  try {
    return new TextDecoder().decode(await io.readFile("/dev/stdin"));
  } catch {
    return null;
  }
}

function unread(why: string, io: CommandIo): ExitCode {
  io.err(`breakglass receipt verify: ${why} Nothing was verified.`);
  return EXIT.couldNotLook;
}

function tell(verdict: ReceiptVerdict, at: number, io: CommandIo): void {
  if (verdict.ok) io.out(`fine: a receipt that was valid at ${isoOf(at)}, signed by key ${verdict.kid}`);
  else io.out(`WRONG: ${verdict.problem}`);
  if (verdict.claims === null) return;
  if (!verdict.ok) io.out("One of the keys has signed it all the same. It says:");
  for (const [what, value] of tableOf(verdict.claims)) io.out(`  ${what.padEnd(10)} ${value}`);
  io.err(
    "A receipt proves what the bot answered. That it stands in the trail: breakglass verify --checkpoint SEQ:HEAD.",
  );
}

const tableOf = (claims: ReceiptClaims): readonly (readonly [string, string])[] => [
  ["bypass", claims.grant],
  ["gate", claims.gate],
  ["target", claims.target],
  ["commit", `${claims.commit} (${claims.commit_proven ? "proven" : "only the caller's word"})`],
  ["run", claims.run],
  ["repository", claims.repository ?? "none: asked with an API token"],
  ["asked by", claims.issuer ?? "an API token"],
  ["requester", claims.requester],
  ["approved by", claims.approved_by === "alone" ? "nobody else: alone" : claims.approved_by.join(", ")],
  ["valid", `from ${isoOf(claims.iat)} to ${isoOf(claims.exp)}`],
  ["answered by", claims.iss],
  ["policy", claims.policy],
  ["trail", `${claims.seq}:${claims.head}`],
];
