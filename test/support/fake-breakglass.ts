import type { BypassCommand } from "../../src/domain/bypass/commands.js";
import { decide } from "../../src/domain/bypass/decide/decide.js";
import { invokeRefusal, maySeeTexts } from "../../src/domain/bypass/decide/entitlement.js";
import { evolve } from "../../src/domain/bypass/evolve.js";
import type { PersonFacts, Standing } from "../../src/domain/bypass/people.js";
import { rowOf } from "../../src/domain/bypass/row.js";
import type { Bypass } from "../../src/domain/bypass/state.js";
import { standingRefusal } from "../../src/domain/decisions/persons.js";
import type { Refusal } from "../../src/domain/decisions/refusals.js";
import type { Policy } from "../../src/domain/policy/policy.js";
import type { ReviewForm } from "../../src/domain/review/form.js";
import { readingsOf } from "../../src/domain/thermometer/readings.js";
import type { Action, Answer, Breakglass, Listing, Offer, ReviewAction, Who } from "../../src/usecases/api.js";
import type { BypassRecord, ShownEntry } from "../../src/usecases/ports/ports.js";

/** What is known of a person in a story. */
export interface Member {
  readonly roles?: readonly string[];
  readonly standing?: Standing | "unverifiable";
}

export interface FakeBreakglass extends Breakglass {
  /** By account; whoever is not in it is a member without a role. */
  readonly people: Map<string, Member>;
  /** The clock of the trail. */
  now: Date;
  /** Runs before each call; it may throw, or wait. */
  before: (call: string) => Promise<void>;
  /** Makes the next call of `declare` or `act` answer with this. */
  refuseNext: Refusal | null;
  /** What a system would do, such as the passing of time. */
  system(n: number, command: BypassCommand): void;
  record(n: number): BypassRecord;
  readonly count: number;
  /** Places the alert of a bypass, as the outbox would. */
  alertAt(n: number, channel: string, ts: string): void;
}

/** The interface that Slack talks to, kept in memory over the real decisions. It records nothing for good. */
export function createFakeBreakglass(policy: Policy): FakeBreakglass {
  const records = new Map<number, BypassRecord>();
  const done = new Map<string, number>();
  const drafts = new Map<string, ReviewForm>();
  let seq = 0;

  const facts = ({ user }: Who): PersonFacts => {
    const { roles = [], standing = "member" } = fake.people.get(user) ?? {};
    return standing === "unverifiable"
      ? { kind: "person", user, person: user, standing }
      : { kind: "person", user, person: user, standing, roles };
  };

  function run(n: number | null, command: BypassCommand): { n: number | null; refusal: Refusal | null } {
    const old = n === null ? null : (records.get(n) ?? null);
    const decision = decide(policy, old?.state ?? null, command, fake.now);
    let state: Bypass | null = old?.state ?? null;
    const entries: ShownEntry[] = [...(old?.entries ?? [])];
    for (const made of decision.entries) {
      const entry = { ...made, version: entries.length + 1 };
      state = evolve(state, entry);
      seq += 1;
      entries.push({ ...entry, seq, head: seq.toString(16).padStart(24, "0"), texts: made.texts ?? {} });
    }
    const number = n ?? (decision.ok ? records.size + 1 : null);
    if (number !== null && state !== null) records.set(number, { n: number, state, entries, now: fake.now });
    return { n: number, refusal: decision.ok ? null : decision.refusal };
  }

  function answer(commandId: string, n: number | null, command: () => BypassCommand): Answer {
    const known = done.get(commandId);
    if (known !== undefined) return { ok: true, record: fake.record(known), duplicate: true };
    const forced = fake.refuseNext;
    fake.refuseNext = null;
    const result = forced === null ? run(n, command()) : { n, refusal: forced };
    const record = result.n === null ? null : (records.get(result.n) ?? null);
    if (result.refusal !== null || record === null) {
      return { ok: false, refusal: result.refusal ?? { code: "not_found" }, record };
    }
    done.set(commandId, record.n);
    return { ok: true, record: fake.record(record.n), duplicate: false };
  }

  function reviewCommand(who: Who, action: ReviewAction): BypassCommand {
    const by = facts(who);
    return action.type === "submit_review"
      ? { ...action, by, reviewers: [...fake.people.keys()], strangers: [] }
      : { ...action, by };
  }

  function list(who: Who, keep: (state: Bypass) => boolean): Listing {
    const code = standingRefusal(facts(who));
    if (code !== null) return { ok: false, code };
    const bypasses = [...records.values()]
      .filter((one) => keep(one.state))
      .map((one) => ({ n: one.n, ...rowOf(one.state) }));
    return { ok: true, now: fake.now, bypasses: bypasses.reverse() };
  }

  const fake: FakeBreakglass = {
    people: new Map(),
    now: new Date("2026-06-22T10:00:00.000Z"),
    before: async () => {},
    refuseNext: null,
    inForce: () => ({ policy, hash: "0".repeat(64) }),
    async offer(who): Promise<Offer> {
      await fake.before("offer");
      const by = facts(who);
      const code = standingRefusal(by);
      if (code !== null) return { kind: "refused", code };
      const paths = Object.keys(policy.paths).filter((id) => invokeRefusal(policy, id, by) === null);
      const askRoles = [...new Set(Object.values(policy.paths).flatMap((path) => path.whoCanInvoke))];
      return paths.length === 0
        ? { kind: "nothing", askRoles, inForce: fake.inForce() }
        : { kind: "paths", paths, inForce: fake.inForce() };
    },
    async declare(who, declaration, commandId) {
      await fake.before("declare");
      return answer(commandId, null, () => ({
        type: "declare",
        by: facts(who),
        declaration,
        policyHash: "0".repeat(64),
      }));
    },
    async act(who, n, action: Action, commandId) {
      await fake.before(`act.${action.type}`);
      return answer(commandId, n, () => {
        const by = facts(who);
        if (action.type === "proceed_alone") return { ...action, by, lastDenyAt: null };
        if (action.type === "approve") return { ...action, by, policyHash: "0".repeat(64), requester: "member" };
        return { ...action, by };
      });
    },
    async mayStart(who, n, action) {
      await fake.before("mayStart");
      const state = records.get(n)?.state;
      if (state === undefined) return { code: "not_found" };
      const by = facts(who);
      const command: BypassCommand =
        action === "proceed_alone"
          ? { type: action, by, typed: "BREAK GLASS", lastDenyAt: null }
          : { type: action, by, reason: "asked" };
      const decision = decide(policy, state, command, fake.now);
      return decision.ok ? null : decision.refusal;
    },
    async review(who, n, action, commandId) {
      await fake.before(`review.${action.type}`);
      const given = answer(commandId, n, () => reviewCommand(who, action));
      if (!given.ok && action.type === "submit_review") drafts.set(`${n} ${who.user}`, action.form);
      return given;
    },
    async openReview(who, n) {
      await fake.before("openReview");
      const record = records.get(n);
      if (record === undefined) return { ok: false, refusal: { code: "not_found" } };
      return { ok: true, desk: { record: fake.record(n), draft: drafts.get(`${n} ${who.user}`) ?? null } };
    },
    async keepDraft(who, n, form) {
      await fake.before("keepDraft");
      drafts.set(`${n} ${who.user}`, form);
      return { whole: true };
    },
    async home(who) {
      const code = standingRefusal(facts(who));
      if (code !== null) return { ok: false, code };
      return { ok: true, now: fake.now, mayInvoke: true, acks: [], waits: null, open: [], readings: [] };
    },
    async homeOpened() {},
    async homeViewers() {
      return [];
    },
    async answerForGate() {
      throw new Error("Gates are asked of the real thing.");
    },
    async mayAnswerForGate() {
      throw new Error("Gates are asked of the real thing.");
    },
    async readings(who) {
      const code = standingRefusal(facts(who));
      if (code !== null) return { ok: false, code };
      const now = fake.now.toISOString();
      return { ok: true, now, readings: readingsOf(policy, [], {}, now), items: [] };
    },
    async gate() {
      return null;
    },
    async redact(who, { seq: at, what, why }) {
      await fake.before("redact");
      const by = facts(who);
      const field = what === "target" ? "target_typed" : what;
      for (const [n, record] of records) {
        const entry = record.entries.find((one) => one.seq === at);
        if (entry === undefined || typeof entry.texts[field] !== "string") continue;
        const { refusal } = run(n, { type: "record_redaction", by, seq: at, field, why });
        if (refusal !== null) return { ok: false, refusal };
        const now = fake.record(n);
        const gone = now.entries.map((one) =>
          one.seq === at ? { ...one, texts: { ...one.texts, [field]: null } } : one,
        );
        records.set(n, { ...now, entries: gone });
        return { ok: true, n };
      }
      return { ok: false, refusal: { code: "no_such_text" } };
    },
    async status(who) {
      await fake.before("status");
      return list(who, (state) => state.status === "requested" || state.status === "active");
    },
    async reviews(who) {
      await fake.before("reviews");
      return list(who, (state) => state.review?.status === "open");
    },
    async show(who, n) {
      await fake.before("show");
      const record = records.get(n);
      if (record === undefined) return { ok: false, refusal: { code: "not_found" } };
      const by = facts(who);
      const code = standingRefusal(by);
      if (code !== null && code !== "unverifiable") return { ok: false, refusal: { code } };
      return { ok: true, seen: { record: fake.record(n), texts: maySeeTexts(policy, record.state, by) } };
    },
    async ofThread(channel, threadTs) {
      await fake.before("ofThread");
      const found = [...records.values()].find(
        ({ state: { alert } }) => alert !== null && "ts" in alert && alert.ts === threadTs && alert.channel === channel,
      );
      return found?.n ?? null;
    },
    system: (n, command) => void run(n, command),
    record(n) {
      const record = records.get(n);
      if (record === undefined) throw new Error(`BG-${n} is not there.`);
      return { ...record, now: fake.now };
    },
    get count() {
      return records.size;
    },
    alertAt: (n, channel, ts) => void run(n, { type: "record_alert", posted: { channel, ts } }),
  };
  return fake;
}
