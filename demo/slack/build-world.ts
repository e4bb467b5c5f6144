import { readAppManifest } from "./app-manifest.js";
import { Delivery } from "./delivery.js";
import { Faults } from "./faults.js";
import { createIds, createTimestamps, secretHex, seededRandom } from "./ids.js";
import { newestMicros, putBack } from "./kept.js";
import { Messages } from "./messages.js";
import { RateLimits } from "./rate-limits.js";
import { Recorder } from "./recorder.js";
import { SlackServer } from "./server.js";
import { SocketHub } from "./socket-mode.js";
import { Triggers } from "./triggers.js";
import type { DoubleOptions } from "./types.js";
import { Views } from "./views.js";
import { Workspace } from "./workspace.js";
import type { Identity, World } from "./world.js";

function identityOf(options: DoubleOptions): Identity {
  return {
    botToken: options.botToken ?? `xoxb-double-${secretHex(8)}`,
    appToken: options.appToken ?? `xapp-1-double-${secretHex(8)}`,
    signingSecret: options.signingSecret ?? secretHex(16),
    teamId: "T0WORKSPACE",
    teamName: "Workspace",
    teamDomain: "workspace",
    appId: "A0BREAKGLASS",
    botId: "B0BREAKGLASS",
    botUserId: "U0BREAKGLASS",
    orgInstall: options.orgInstall ?? false,
    ...(options.enterpriseId === undefined ? {} : { enterpriseId: options.enterpriseId }),
  };
}

/** Creates the parts of a double and starts its server. */
export async function buildWorld(options: DoubleOptions) {
  const now = options.now ?? Date.now;
  const signatureNow = options.signatureNow ?? Date.now;
  const answerWithinMs = options.answerWithinMs ?? 3_000;
  const identity = identityOf(options);
  const installed = readAppManifest();
  const recorder = new Recorder();
  const changed = () => recorder.changed();
  const sockets = new SocketHub(identity.appId, changed);
  const server = new SlackServer(options.port ?? 0, sockets, () => world);
  const reach = async (reachable: boolean) => {
    if (!reachable) sockets.cut();
    await (reachable ? server.listen() : server.close());
  };
  const { kept } = options;
  const { next: id, last: lastId } = createIds(kept?.lastId);
  const setup = { recorder, now, id, blockId: () => secretHex(3) };
  const world: World = {
    identity,
    scopes: new Set(options.scopes ?? installed.scopes),
    events: new Set(options.events ?? installed.events),
    echoOwnMessages: options.echoOwnMessages ?? false,
    answerWithinMs,
    now,
    signatureNow,
    id,
    lastId,
    recorder,
    workspace: new Workspace(identity.botUserId, id, changed),
    messages: new Messages({ ...setup, timestamp: createTimestamps(now, kept && newestMicros(kept)) }),
    views: new Views(setup),
    triggers: new Triggers(now),
    faults: new Faults(seededRandom(options.seed ?? 1), reach),
    rateLimits: options.rateLimits === true ? new RateLimits(now) : undefined,
    delivery: new Delivery({
      signingSecret: identity.signingSecret,
      now,
      signatureNow,
      answerWithinMs,
      recorder,
      sockets,
    }),
    origin: () => options.origin ?? server.origin,
    socketUrl: () => `${(options.origin ?? server.origin).replace("http", "ws")}${sockets.ticketPath()}`,
    pendingFiles: new Map(),
  };
  if (kept !== undefined) putBack(world, kept);
  await server.listen();
  return { world, server, sockets };
}
