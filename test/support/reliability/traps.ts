import postgres from "postgres";
import type { ApiCall, SlackDouble } from "../../../demo/slack/index.js";

/** A moment at which the bot is killed. `sprung` resolves when it has come. */
export interface Trap {
  readonly name: string;
  set(): Promise<{ readonly sprung: Promise<void>; lift(): Promise<void> }>;
}

/** Observes commits as they happen, and can hold them just before. */
export interface Watch {
  /** Calls the listener with the type of each committed entry, in order. */
  onEntry(listener: (type: string) => void): () => void;
  /** Calls the listener at each change of an effect, such as when it is finished or released. */
  onOutbox(listener: () => void): () => void;
  hold(type: string): Promise<{ untilBlocked(stop: () => boolean): Promise<void>; release(): Promise<void> }>;
  close(): Promise<void>;
}

/** Advisory lock, "trap" in ASCII. The test holds it while entries of some type may not be committed. */
const HOLD = 1953653104;

/** Adds triggers to the database of a test. They change nothing that the bot can see. */
export async function watchTrail(adminUrl: string): Promise<Watch> {
  const connect = () => postgres(adminUrl, { max: 1, fetch_types: false, onnotice: () => {} });
  const listening = connect();
  await listening.unsafe(`
    CREATE SCHEMA trap;
    CREATE TABLE trap.held (type text);
    CREATE FUNCTION trap.entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE kind text := NEW.body::jsonb ->> 'type';
    BEGIN
      PERFORM pg_notify('entry', kind);
      IF EXISTS (SELECT FROM trap.held h WHERE h.type = kind) THEN PERFORM pg_advisory_xact_lock(${HOLD}); END IF;
      RETURN NULL;
    END $$;
    CREATE FUNCTION trap.outbox() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN PERFORM pg_notify('outbox', ''); RETURN NULL; END $$;
    CREATE TRIGGER trap AFTER INSERT ON breakglass.trail FOR EACH ROW EXECUTE FUNCTION trap.entry();
    CREATE TRIGGER trap AFTER UPDATE ON breakglass.outbox FOR EACH STATEMENT EXECUTE FUNCTION trap.outbox();
    GRANT USAGE ON SCHEMA trap TO PUBLIC;`);
  const entries = new Set<(type: string) => void>();
  const outbox = new Set<() => void>();
  await listening.listen("entry", (type) => {
    for (const listener of [...entries]) listener(type);
  });
  await listening.listen("outbox", () => {
    for (const listener of [...outbox]) listener();
  });
  return {
    onEntry: (listener) => {
      entries.add(listener);
      return () => entries.delete(listener);
    },
    onOutbox: (listener) => {
      outbox.add(listener);
      return () => outbox.delete(listener);
    },
    hold: async (type) => {
      const sql = connect();
      await sql`SELECT pg_advisory_lock(${HOLD}::bigint)`;
      await sql`INSERT INTO trap.held VALUES (${type})`;
      return {
        untilBlocked: async (stop) => {
          for (let waiting = false; !waiting && !stop(); ) {
            await sql`SELECT pg_sleep(0.01)`;
            const rows = await sql`
              SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
              WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objid = ${HOLD} AND NOT l.granted`;
            waiting = rows.length > 0;
          }
        },
        release: async () => {
          await sql`DELETE FROM trap.held`;
          await sql.end({ timeout: 1 });
        },
      };
    },
    close: async () => listening.end({ timeout: 1 }),
  };
}

/** Right after the `nth` commit of an entry of this type, so that what follows never runs. */
export function afterCommit(watch: Watch, type: string, nth = 1): Trap {
  return {
    name: `after commit ${nth} of ${type}`,
    set: async () => {
      let seen = 0;
      let lift = () => {};
      const sprung = new Promise<void>((resolve) => {
        const stop = watch.onEntry((entry) => {
          if (entry === type) seen += 1;
          if (entry === type && seen === nth) resolve();
        });
        lift = () => void stop();
      });
      return { sprung, lift: async () => lift() };
    },
  };
}

/** While the statement with this entry is running in PostgreSQL. */
export function beforeCommit(watch: Watch, type: string): Trap {
  return {
    name: `before the commit of ${type}`,
    set: async () => {
      const held = await watch.hold(type);
      let over = false;
      const sprung = held.untilBlocked(() => over);
      return {
        sprung,
        lift: async () => {
          over = true;
          await sprung;
          await held.release();
        },
      };
    },
  };
}

/** After Slack has performed the call; the bot may not have the answer. */
export function afterCall(slack: SlackDouble, method: string, words: RegExp, nth = 1): Trap {
  return {
    name: `after Slack took call ${nth} of ${method} with ${words.source}`,
    set: async () =>
      onCall(slack, (seen) => {
        const fits = (call: ApiCall) => call.method === method && call.ok && words.test(JSON.stringify(call.args));
        return seen.filter(fits).length >= nth;
      }),
  };
}

/** After Slack has read the call and before it performs it. */
export function beforeCall(slack: SlackDouble, method: string): Trap {
  return {
    name: `before Slack took a ${method}`,
    set: async () => {
      const clear = slack.faults.set(method, { kind: "hang" }, { next: 1 });
      const { sprung, lift } = onCall(slack, (seen) => seen.some((call) => call.fault === "hang"));
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

function onCall(slack: SlackDouble, sprungBy: (seen: readonly ApiCall[]) => boolean) {
  const from = slack.record.calls.length;
  let stop: () => unknown = () => {};
  const sprung = new Promise<void>((resolve) => {
    stop = slack.record.onChange(() => {
      if (sprungBy(slack.record.calls.slice(from))) resolve();
    });
  });
  return { sprung, lift: async () => void stop() };
}
