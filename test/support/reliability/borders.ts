import postgres from "postgres";
import { INCIDENTS } from "../../../demo/cast.js";
import type { ApiCall } from "../../../demo/slack/index.js";
import type { KillEnvironment } from "./kill-environment.js";
import type { Trap } from "./traps.js";

/** The kinds of effect of src/domain/bypass/effects.ts. pager-kill.test.ts covers pages outside Slack. */
export const KINDS = ["alert.post", "thread.post", "dm.post", "message.update", "rerender", "page"] as const;
export type Kind = (typeof KINDS)[number];

/**
 * The borders that an effect crosses: it is committed, put into the queue, claimed, performed in Slack, and finished.
 */
export const BORDERS = ["commit", "queue", "claim", "slack", "finish"] as const;
export type Border = (typeof BORDERS)[number];
export const SIDES = ["before", "after"] as const;
export type Side = (typeof SIDES)[number];

/** A point at which the bot is killed. */
export interface Crossing {
  readonly kind: Kind;
  readonly border: Border;
  readonly side: Side;
}

export const nameOf = ({ kind, border, side }: Crossing): string => `${kind}, ${side} ${border}`;

/**
 * The kinds that can be cut at the queue. Only effects that the process cannot run at once, or that are retried later, go
 * through the queue; the lookup of a page makes no call that could be refused here.
 */
export const QUEUED = KINDS.filter((kind): kind is Exclude<Kind, "page"> => kind !== "page");

/** Both sides of every border that this kind crosses. */
export const crossingsOf = (kind: Kind): readonly Crossing[] =>
  BORDERS.filter((border) => border !== "queue" || QUEUED.some((queued) => queued === kind)).flatMap((border) =>
    SIDES.map((side) => ({ kind, border, side })),
  );

/** Traps on both sides of every border, for the bot of this environment. */
export interface Borders {
  /**
   * `rollBack`: a transaction that is held before its commit is rolled back; else PostgreSQL commits it after the kill.
   */
  trap(crossing: Crossing, rollBack: boolean): Trap;
  close(): Promise<void>;
}

/** Advisory lock, "bord" in ASCII. The test holds it while a border may not be crossed. */
const HOLD = 1651470948;

const TRIGGERS = `
  CREATE SCHEMA border;
  CREATE TABLE border.held (border text, kind text);
  CREATE FUNCTION border.cross_it(border text, kind text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    PERFORM pg_notify('border', border || ' ' || kind);
    IF EXISTS (SELECT FROM border.held h WHERE h.border = $1 AND h.kind = $2) THEN PERFORM pg_advisory_xact_lock(${HOLD}); END IF;
  END $$;
  CREATE FUNCTION border.outbox() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN PERFORM border.cross_it('commit', NEW.effect ->> 'kind');
    ELSIF NEW.done_at IS NOT NULL AND OLD.done_at IS NULL THEN PERFORM border.cross_it('finish', NEW.effect ->> 'kind');
    ELSIF NEW.attempts > OLD.attempts THEN PERFORM border.cross_it('claim', NEW.effect ->> 'kind');
    END IF;
    RETURN NULL;
  END $$;
  CREATE FUNCTION border.job() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE kind text;
  BEGIN
    SELECT o.effect ->> 'kind' INTO kind FROM breakglass.outbox o WHERE o.id::text = NEW.data::jsonb ->> 'id';
    IF FOUND THEN PERFORM border.cross_it('queue', kind); END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER border AFTER INSERT OR UPDATE ON breakglass.outbox FOR EACH ROW EXECUTE FUNCTION border.outbox();
  GRANT USAGE ON SCHEMA border TO PUBLIC;`;

/** Watches the queue where it runs on PostgreSQL; on Redis a gate in front of it does that. */
export async function watchBorders(environment: KillEnvironment, queue: "postgres" | "redis"): Promise<Borders> {
  const { adminUrl } = environment.database;
  const connect = () => postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  const listening = connect();
  await listening.unsafe(TRIGGERS);
  if (queue === "postgres") {
    await listening.unsafe(
      "CREATE TRIGGER border AFTER INSERT ON bullmq.job FOR EACH ROW EXECUTE FUNCTION border.job()",
    );
  }
  const crossings = new Set<(name: string) => void>();
  await listening.listen("border", (name) => {
    for (const listener of [...crossings]) listener(name);
  });

  const afterCommit = ({ kind, border }: Crossing): Trap["set"] => {
    return async () => {
      let lift = (): void => {};
      const sprung = new Promise<void>((resolve) => {
        const listener = (name: string): void => void (name === `${border} ${kind}` && resolve());
        crossings.add(listener);
        lift = () => void crossings.delete(listener);
      });
      return { sprung, lift: async () => lift() };
    };
  };

  const beforeCommit = ({ kind, border }: Crossing, rollBack: boolean): Trap["set"] => {
    return async () => {
      const sql = connect();
      await sql`SELECT pg_advisory_lock(${HOLD}::bigint)`;
      await sql`INSERT INTO border.held VALUES (${border}, ${kind})`;
      let over = false;
      const untilBlocked = async (): Promise<void> => {
        while (!over && (await waiting(sql)).length === 0) await sql`SELECT pg_sleep(0.01)`;
      };
      const sprung = untilBlocked();
      const lift = async (): Promise<void> => {
        over = true;
        await sprung;
        await sql`DELETE FROM border.held`;
        if (rollBack) for (const { pid } of await waiting(sql)) await sql`SELECT pg_terminate_backend(${pid}::integer)`;
        await sql.end({ timeout: 1 });
      };
      return { sprung, lift };
    };
  };

  return {
    trap: (crossing, rollBack) => {
      const { border, side } = crossing;
      const set =
        border === "slack"
          ? atSlack(environment, crossing)
          : side === "before"
            ? beforeCommit(crossing, rollBack)
            : afterCommit(crossing);
      const trap = { name: nameOf(crossing), set };
      return border === "queue" ? throughTheQueue(environment, crossing.kind, trap) : trap;
    },
    close: () => listening.end({ timeout: 1 }),
  };
}

const waiting = (sql: postgres.Sql) => sql<{ pid: number }[]>`
  SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objid = ${HOLD} AND NOT l.granted`;

type Args = ApiCall["args"];
const isDirect = (args: Args): boolean => String(args.channel).startsWith("D");
const asks = (args: Args): boolean => JSON.stringify(args.blocks ?? "").includes("Approve");
const says = (args: Args, words: string): boolean => String(args.text).includes(words);

/** The call of each kind of effect; a page is the direct message to its addressee. */
const CALLS: Readonly<Record<Kind, { method: string; fits: (args: Args) => boolean }>> = {
  "alert.post": { method: "chat.postMessage", fits: (args) => args.channel === INCIDENTS && !("thread_ts" in args) },
  "thread.post": { method: "chat.postMessage", fits: (args) => "thread_ts" in args },
  "dm.post": { method: "chat.postMessage", fits: (args) => isDirect(args) && !asks(args) },
  page: { method: "chat.postMessage", fits: (args) => isDirect(args) && asks(args) },
  "message.update": { method: "chat.update", fits: (args) => !says(args, "redacted") },
  rerender: { method: "chat.update", fits: (args) => says(args, "redacted") },
};

/**
 * Refuses every call of this kind for a second, so that its retry goes through the queue, until the trap has sprung. A
 * single refusal is not enough: another kind may make a call that looks the same and use it up.
 */
export function throughTheQueue({ slack }: KillEnvironment, kind: Kind, trap: Trap): Trap {
  const { method, fits } = CALLS[kind];
  return {
    name: trap.name,
    set: async () => {
      const clear = slack.faults.set(method, { kind: "rate_limit", retryAfter: 1 }, { next: 1_000, where: fits });
      const { sprung, lift } = await trap.set();
      return {
        sprung,
        lift: async () => {
          clear();
          await lift();
        },
      };
    },
  };
}

/**
 * Before: Slack has read the call and done nothing. After: Slack has performed it, and the bot may not have the answer.
 */
function atSlack({ slack }: KillEnvironment, { kind, side }: Crossing): Trap["set"] {
  const { method, fits } = CALLS[kind];
  return async () => {
    const clear = side === "before" ? slack.faults.set(method, { kind: "hang" }, { next: 1, where: fits }) : () => {};
    const from = slack.record.calls.length;
    const isIt = (call: ApiCall): boolean =>
      call.method === method && fits(call.args) && (side === "before" ? call.fault === "hang" : call.ok);
    let stop: () => unknown = () => {};
    const sprung = new Promise<void>((resolve) => {
      stop = slack.record.onChange(() => void (slack.record.calls.slice(from).some(isIt) && resolve()));
    });
    const lift = async (): Promise<void> => {
      clear();
      stop();
    };
    return { sprung, lift };
  };
}
