import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sealEntry } from "../../../src/domain/events/body.js";
import { sha256Hex } from "../../../src/domain/events/canonical.js";
import type { BypassEvent, SystemEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { TextField } from "../../../src/domain/events/catalogue/define.js";
import { chainHash, type Digest, GENESIS, leafHash } from "../../../src/domain/events/hash.js";
import type { StoredEntry } from "../../../src/domain/verify/stored.js";
import { createVerifier, type Verification } from "../../../src/domain/verify/verify.js";
import { sizeOf } from "../../support/reliability/seed.js";

const AT = "2026-03-02T09:00:00.000Z";
const LEO = { kind: "person", user: "U0LEO", person: "leo" } as const;

interface Planned {
  readonly n: number;
  readonly version: number;
  readonly event: BypassEvent;
  readonly texts?: Partial<Record<TextField, string>>;
}

/** A valid trail of these entries, in this order. */
function trailOf(plan: readonly Planned[]): StoredEntry[] {
  let prev = GENESIS;
  return plan.map(({ n, version, event, texts = {} }, index) => {
    const seq = index + 1;
    const nonce = () => seq.toString(16).padStart(32, "0");
    const stream = { kind: "bypass", n } as const;
    const sealed = sealEntry({ event, actor: LEO, at: AT, texts }, { stream, version, commandId: `c${seq}`, nonce });
    const leaf = leafHash(sealed.body);
    const hash = chainHash(prev, seq, leaf);
    const entry = { seq, stream: `BG-${n}`, version, body: sealed.body, prev, leaf, hash, texts: sealed.texts };
    prev = hash;
    return entry;
  });
}

const logged = (n: number, version: number, line = `line ${n}.${version}`): Planned => ({
  n,
  version,
  event: { type: "bypass.logged", via: "command" },
  texts: { line },
});

const PLAN = [
  logged(1, 1),
  logged(2, 1),
  logged(1, 2),
  logged(2, 2),
  logged(3, 1),
  logged(1, 3),
  logged(3, 2),
  logged(2, 3),
];
const TRAIL = trailOf(PLAN);

function verify(trail: readonly StoredEntry[], checkpoints: Parameters<typeof createVerifier>[0] = {}): Verification {
  const verifier = createVerifier(checkpoints);
  for (const entry of trail) verifier.entry(entry);
  return verifier.finish();
}

const kindsOf = (verification: Verification) => verification.findings.map(({ seq, kind }) => `${kind} ${seq}`);
const hex = (digest: Digest | undefined) => Buffer.from(digest ?? []).toString("hex");

describe("an unaltered trail", () => {
  test("has no findings, and its head is returned", () => {
    const verification = verify(TRAIL);
    expect(verification.findings).toEqual([]);
    expect(verification.entries).toBe(8);
    expect(verification.head).toEqual({ seq: 8, hash: hex(TRAIL[7]?.hash) });
  });

  test("may be empty", () => {
    expect(verify([])).toMatchObject({ entries: 0, head: null, findings: [] });
  });

  test("matches checkpoints with full and shortened hashes", () => {
    const checkpoints = [
      { seq: 3, head: hex(TRAIL[2]?.hash) },
      { seq: 8, head: hex(TRAIL[7]?.hash).slice(0, 24) },
    ];
    expect(verify(TRAIL, { checkpoints }).findings).toEqual([]);
  });

  test("may lack a text that has a redaction entry, and no other text", () => {
    const redaction: Planned = {
      n: 1,
      version: 4,
      event: { type: "text.redacted", provenOrigins: [], seq: 1, field: "line" },
    };
    const trail = trailOf([...PLAN, redaction]);
    const redacted = trail.map((entry) =>
      entry.seq === 1
        ? { ...entry, texts: entry.texts.map(({ field }) => ({ field, nonce: null, text: null })) }
        : entry,
    );
    expect(verify(redacted).findings).toEqual([]);
    expect(kindsOf(verify(trail))).toEqual(["kept_text 1"]);
    expect(kindsOf(verify(redacted.slice(0, -1)))).toEqual(["lost_text 1"]);
  });
});

describe("the result of a verification", () => {
  test("says that the trail after the newest checkpoint may have been cut, rewritten or restored", () => {
    expect(verify(TRAIL).cannotFind[0]).toMatch(/No checkpoint was given.*cut-off.*rewritten.*backup/);
    const checkpoints = [{ seq: 3, head: hex(TRAIL[2]?.hash) }];
    expect(verify(TRAIL, { checkpoints }).cannotFind[0]).toContain("of entry 3");
  });
});

describe("checkpoints", () => {
  test("reveal a rewritten history, and a trail that ends before them", () => {
    const other = trailOf([...PLAN.slice(0, 7), logged(2, 3, "something else")]);
    const checkpoints = [{ seq: 8, head: hex(TRAIL[7]?.hash) }];
    expect(verify(other).findings).toEqual([]);
    expect(kindsOf(verify(other, { checkpoints }))).toEqual(["checkpoint 8"]);
    expect(kindsOf(verify(TRAIL.slice(0, 7), { checkpoints }))).toEqual(["checkpoint 8"]);
  });
});

describe("a valid hash chain over an invalid history", () => {
  test.each([
    ["a missing number", [logged(1, 1), logged(3, 1)], ["wrong_number 2"]],
    ["a missing version", [logged(1, 1), logged(1, 3)], ["wrong_version 2"]],
    ["a repeated version", [logged(1, 1), logged(1, 1, "other")], ["wrong_version 2"]],
  ])("is found by %s", (_, plan, findings) => {
    expect(kindsOf(verify(trailOf(plan)))).toEqual(findings);
  });
});

/** A valid chain of one entry in the system stream. */
function systemTrail(event: BypassEvent | SystemEvent, texts: Partial<Record<TextField, string>> = {}): StoredEntry[] {
  const actor = { kind: "system", part: "policy" } as const;
  const where = { stream: { kind: "system" }, version: null, commandId: "c1", nonce: () => "0".repeat(32) } as const;
  const sealed = sealEntry({ event, actor, at: AT, texts }, where);
  const leaf = leafHash(sealed.body);
  const hash = chainHash(GENESIS, 1, leaf);
  return [
    { seq: 1, stream: "system", version: null, body: sealed.body, prev: GENESIS, leaf, hash, texts: sealed.texts },
  ];
}

test("a restored backup on record is named, and found when it reaches past its entry", () => {
  const gap = (before: string) =>
    verify(systemTrail({ type: "trail.gap", foundBy: "operator", seq: null, head: null, before }));
  expect(kindsOf(gap(AT))).toEqual([]);
  expect(gap(AT).cannotFind.join("\n")).toMatch(/a backup was restored, by the word of entry 1:/);
  expect(kindsOf(gap("2099-12-31T00:00:00.000Z"))).toEqual(["violation 1"]);
});

describe("a valid hash chain over an invalid entry", () => {
  test("is found by a bypass event in the system stream, unless the event may be in both", () => {
    expect(kindsOf(verify(systemTrail({ type: "bypass.logged", via: "command" })))).toEqual(["wrong_stream 1"]);
    expect(kindsOf(verify(systemTrail({ type: "attempt.refused", action: "declare", code: "guest" })))).toEqual([]);
  });

  test("is found by a policy whose hash is not that of its text, or whose text is gone", () => {
    const named = (policyHash: string) => ({ type: "policy.changed", policyHash, was: null }) as const;
    const valid = systemTrail(named(sha256Hex("version: 1")), { policy: "version: 1" });
    expect(kindsOf(verify(valid))).toEqual([]);
    expect(kindsOf(verify(systemTrail(named("0".repeat(64)), { policy: "version: 1" })))).toEqual(["violation 1"]);
    const redacted = valid.map((entry) => ({ ...entry, texts: [{ field: "policy", nonce: null, text: null }] }));
    expect(kindsOf(verify(redacted))).toEqual(["violation 1", "lost_text 1"]);
  });

  test("is found by a text or a body that exceeds its maximum length", () => {
    expect(kindsOf(verify(trailOf([logged(1, 1, "é".repeat(32_768))])))).toEqual([]);
    expect(kindsOf(verify(trailOf([logged(1, 1, "é".repeat(32_769))])))).toEqual(["violation 1"]);
    const long = systemTrail({ type: "bot.stopped", instance: "x".repeat(131_073) });
    expect(kindsOf(verify(long))).toEqual(["violation 1"]);
  });
});

const index = fc.nat({ max: TRAIL.length - 1 });
const flipBit = (bytes: Digest, bit: number): Digest => {
  const copy = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
};
/** One random change of a stored trail, such as a database superuser could make. */
const edits = fc.oneof(
  fc.record({ at: index, bit: fc.nat({ max: 255 }), what: fc.constantFrom("prev", "leaf", "hash") }).map(
    ({ at, bit, what }) =>
      (trail: StoredEntry[]) =>
        trail.map((entry, i) => (i === at ? { ...entry, [what]: flipBit(entry[what as "prev"], bit) } : entry)),
  ),
  fc.record({ at: index, char: fc.nat({ max: 100 }) }).map(
    ({ at, char }) =>
      (trail: StoredEntry[]) =>
        trail.map((entry, i) => {
          const place = char % entry.body.length;
          const other = entry.body[place] === "7" ? "8" : "7";
          return i === at
            ? { ...entry, body: entry.body.slice(0, place) + other + entry.body.slice(place + 1) }
            : entry;
        }),
  ),
  fc.record({ at: fc.nat({ max: TRAIL.length - 2 }) }).map(
    ({ at }) =>
      (trail: StoredEntry[]) =>
        trail.filter((_, i) => i !== at),
  ),
  fc.record({ at: index }).map(({ at }) => (trail: StoredEntry[]) => {
    const copy = trail[at];
    return copy === undefined ? trail : [...trail.slice(0, at), copy, ...trail.slice(at)];
  }),
  fc
    .record({ a: index, b: index })
    .filter(({ a, b }) => a !== b)
    .map(
      ({ a, b }) =>
        (trail: StoredEntry[]) =>
          trail.map((entry, i) => trail[i === a ? b : i === b ? a : i] ?? entry),
    ),
  fc
    .record({ a: index, b: index })
    .filter(({ a, b }) => a !== b)
    .map(
      ({ a, b }) =>
        (trail: StoredEntry[]) =>
          trail.map((entry, i) => ({ ...entry, body: trail[i === a ? b : i === b ? a : i]?.body ?? "" })),
    ),
  fc.record({ at: index, text: fc.string() }).map(
    ({ at, text }) =>
      (trail: StoredEntry[]) =>
        trail.map((entry, i) =>
          i === at
            ? { ...entry, texts: entry.texts.map((stored) => ({ ...stored, text: `${stored.text}${text}.` })) }
            : entry,
        ),
  ),
  fc.record({ at: index }).map(
    ({ at }) =>
      (trail: StoredEntry[]) =>
        trail.map((entry, i) => (i === at ? { ...entry, texts: [] } : entry)),
  ),
  fc.record({ at: index }).map(
    ({ at }) =>
      (trail: StoredEntry[]) =>
        trail.map((entry, i) => (i === at ? { ...entry, version: 9, stream: "BG-9" } : entry)),
  ),
);

test("every random edit, swap, deletion or replay of entries is found", {
  timeout: 120_000,
}, () => {
  fc.assert(
    fc.property(edits, (edit) => verify(edit([...TRAIL])).findings.length > 0),
    { numRuns: sizeOf("PROPERTY_RUNS", 10_000), seed: 20_260_302 },
  );
});
