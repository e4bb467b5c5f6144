import type { SlackDouble } from "../../demo/slack/index.js";
import type { Effect } from "../../src/domain/bypass/effects.js";
import { createChat } from "../../src/slack/delivery/chat.js";
import { createWebClient } from "../../src/slack/delivery/web-client.js";
import type { AppContext } from "../../src/usecases/app-context.js";
import type { EffectContext } from "../../src/usecases/delivery/effect-context.js";
import type { BypassRecord, Outbox } from "../../src/usecases/ports/ports.js";
import { change, declaration, declareItem, fresh, newId, taken } from "../contract/items.js";
import { policySource } from "../slack/messages/fixtures.js";
import { directoryOf, incidentWorkspace } from "../slack/workspace.js";
import { openCore } from "./core.js";

/** What happened to an outbox row. */
export type Row =
  | readonly ["finished"]
  | readonly ["failed", code: string]
  | readonly ["again", ms: number, code: string]
  /** Without counting the attempt. */
  | readonly ["put off", ms: number, code: string];

/** The use cases that deliver, on a database of their own and the Slack double. */
export interface Delivering {
  readonly slack: SlackDouble;
  /** The context of a process; another one when it gets an outbox of its own. */
  process(outbox?: Outbox): EffectContext & { readonly row: () => Row | null; readonly logged: readonly string[] };
  anotherOutbox(): Outbox;
  endClaims(): Promise<void>;
  /** Declares a bypass with one effect, after its alert was posted unless the effect is the alert. */
  declared(effect: Effect): Promise<{ readonly n: number; readonly id: string }>;
  change(n: number, ...entries: readonly ReturnType<typeof fresh>[]): Promise<void>;
  record(n: number): Promise<BypassRecord>;
  advance(ms: number): Promise<void>;
  /** Moves the clock back to the real time. */
  rewind(): Promise<void>;
  close(): Promise<void>;
}

const BOT = { kind: "system", part: "bot" } as const;
const POSTED = fresh({ type: "alert.posted", channel: "C0INC", ts: "1782136931.000100" }, BOT);

export async function openDelivering(): Promise<Delivering> {
  const policy = policySource();
  const [core, { slack }] = await Promise.all([openCore(policy), incidentWorkspace()]);
  const directory = directoryOf(slack, core.clock.now);
  const client = createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs: 20_000 });
  const chat = createChat({ client, directory, policy });
  const { account, group } = directory;
  let ahead = 0;
  const advance = async (ms: number): Promise<void> => {
    ahead += ms;
    await core.clock.advance(ms);
  };
  const rewind = (): Promise<void> => advance(-ahead);
  return {
    slack,
    process: (outbox = core.context.outbox) => {
      let row: Row | null = null;
      const logged: string[] = [];
      const log = (event: string): void => void logged.push(event);
      const context: AppContext = {
        ...core.context,
        directory: { account, group, schedule: async () => null },
        log: { debug: log, info: log, warn: log, error: log },
        outbox: {
          ...outbox,
          finish: (id, result) => {
            row = ["finished"];
            return outbox.finish(id, result);
          },
          fail: (id, code) => {
            row = ["failed", code];
            return outbox.fail(id, code);
          },
          release: (id, ms, code) => {
            row = ["again", ms, code];
            return outbox.release(id, ms, code);
          },
          putOff: (id, ms, code) => {
            row = ["put off", ms, code];
            return outbox.putOff(id, ms, code);
          },
        },
      };
      const link = async (): Promise<null> => null;
      return { ...core.effectContext(context), chat, linkTo: link, row: () => row, logged };
    },
    anotherOutbox: core.anotherOutbox,
    endClaims: core.endClaims,
    declared: async (effect) => {
      const entries = effect.kind === "alert.post" ? declaration() : [...declaration(), POSTED];
      const { n, effects } = taken(await core.context.ledger.commit(declareItem(newId("deliver"), entries, [effect])));
      return { n: n ?? 0, id: effects[0]?.id ?? "" };
    },
    change: async (n, ...entries) => {
      const at = (await core.context.ledger.now()).toISOString();
      taken(await change(core.context.ledger, n, ...entries.map((entry) => ({ ...entry, at }))));
    },
    record: async (n) => {
      const record = await core.context.queries.record(n);
      if (record === null) throw new Error(`There is no BG-${n}.`);
      return record;
    },
    advance,
    rewind,
    close: async () => {
      await slack.stop();
      await core.close();
    },
  };
}
