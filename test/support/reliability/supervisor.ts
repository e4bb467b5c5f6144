import { connect } from "node:net";
import type { SlackDouble } from "../../../demo/slack/index.js";
import type { BotProcess, Program } from "./program.js";

/** Keeps one bot running, as an operator's supervisor does: restarts it at once when it dies. */
export interface Supervisor {
  /** Kills the bot (`kill -9`) and resolves when it is dead. The next bot starts by itself. */
  kill(): Promise<void>;
  /** Resolves when a bot accepts connections. */
  up(): Promise<void>;
  readonly deaths: number;
  /** The address of the current or last bot. */
  readonly address: string;
  /** The output of all bots. */
  output(): string;
  /** Stops the current bot by SIGTERM and resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Starts a supervisor. It loads the next bot while the current one runs, so that a restart is fast. */
export async function supervise(
  program: Program,
  env: Readonly<Record<string, string>>,
  slack: SlackDouble,
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
        if (await acceptsConnections(await bot.started)) return;
        // A dead bot refuses connections before its exit event arrives: without this wait, retries would be used up on
        // it.
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

function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
