import { connect } from "node:net";
import type { SlackDouble } from "../../../demo/slack/index.js";
import type { BotProcess, Program } from "./program.js";
import type { Trail } from "./trail.js";

/** Keeps one bot running, as an operator's supervisor would: one that dies is started again at once. */
export interface Supervisor {
  /** As `kill -9`; resolves when it is dead. The next bot comes up by itself. */
  kill(): Promise<void>;
  /** Resolves when a bot takes connections. */
  up(): Promise<void>;
  readonly deaths: number;
  /** Where the last one that listened does, or did. */
  readonly address: string;
  /** Everything that any of them wrote. */
  output(): string;
  /** Ends the last one by SIGTERM; its exit code. */
  stop(): Promise<number | null>;
}

/**
 * The next bot is loaded while the last one runs, so that a restart takes as long as a start and not as a loading.
 * `leasesRunOut`, asked at each death: what the dead had claimed is waited for as in earnest, half a minute.
 */
export async function supervise(
  program: Program,
  env: Readonly<Record<string, string>>,
  slack: SlackDouble,
  trail: Trail,
  { leasesRunOut = () => false }: { readonly leasesRunOut?: () => boolean } = {},
): Promise<Supervisor> {
  const all: BotProcess[] = [];
  let current = program.standby(env);
  let next = program.standby(env);
  let stopping = false;
  let deaths = 0;
  let failure: unknown = null;
  let address = "";
  let nowUp: Promise<void>;

  const bringUp = async (): Promise<void> => {
    all.push(current);
    current.go();
    const port = await current.started;
    address = `http://127.0.0.1:${port}`;
    slack.connect({ eventsUrl: `${address}/slack/events` });
    const bot = current;
    void bot.ended.then(() => {
      if (stopping || bot !== current) return;
      deaths += 1;
      nowUp = replace().catch((fault: unknown) => {
        failure = fault;
      });
    });
  };
  const replace = async (): Promise<void> => {
    // Nobody holds the claims of the dead any more; the test does not wait half a minute for that to be certain.
    if (!leasesRunOut()) await freeLeases(trail);
    current = next;
    next = program.standby(env);
    await bringUp();
  };
  nowUp = bringUp();
  await nowUp;
  return {
    kill: async () => {
      const dying = current;
      dying.signal("SIGKILL");
      await dying.ended;
    },
    up: async () => {
      for (;;) {
        await nowUp;
        if (failure !== null) throw failure;
        const bot = current;
        if (await takesConnections(await bot.started)) return;
        // It refuses before its end is heard of: whoever tried again at once would use up all tries on a dead one.
        await bot.ended;
      }
    },
    get deaths() {
      return deaths;
    },
    get address() {
      return address;
    },
    output: () => all.map((bot) => bot.output()).join(""),
    stop: async () => {
      stopping = true;
      next.signal("SIGKILL");
      current.signal("SIGTERM");
      return (await current.ended).code;
    },
  };
}

/** A statement of the dead may still be under way, and claim something when it ends: that has to be over first. */
async function freeLeases({ sql }: Trail): Promise<void> {
  for (let left = 1; left > 0; ) {
    const rows = await sql`
      SELECT FROM pg_stat_activity, pg_sleep(0.01)
      WHERE datname = current_database() AND application_name LIKE 'breakglass%'`;
    left = rows.length;
  }
  await sql`UPDATE breakglass.outbox SET lease_until = now() WHERE done_at IS NULL AND lease_until IS NOT NULL`;
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
