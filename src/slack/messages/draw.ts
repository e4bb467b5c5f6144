import type { DirectTopic, MessageKey, PostEffect, ThreadTopic } from "../../domain/bypass/effects.js";
import { alertMessage } from "./alert.js";
import { directMessage } from "./direct.js";
import type { MessageBody, Scene } from "./scene.js";
import { threadMessage } from "./thread.js";

/** Which message of a bypass is meant, read from its key. */
export type MessageName =
  | { readonly place: "alert" }
  | { readonly place: "thread"; readonly about: ThreadTopic; readonly version: number }
  | { readonly place: "direct"; readonly to: string; readonly about: DirectTopic; readonly version: number };

const THREAD: ReadonlySet<string> = new Set<ThreadTopic>([
  "reminder",
  "escalated",
  "settled",
  "alone",
  "page-failed",
  "warning",
  "ended",
  "logged",
  "partial",
]);
const DIRECT: ReadonlySet<string> = new Set<DirectTopic>([
  "ask",
  "pending",
  "outcome",
  "warning",
  "ended",
  "alert-failed",
]);

const isThread = (about: string): about is ThreadTopic => THREAD.has(about);
const isDirect = (about: string): about is DirectTopic => DIRECT.has(about);

/** Reads a {@link MessageKey}; `null` for one that names no message. */
export function parseMessageKey(key: MessageKey): MessageName | null {
  if (key === "alert") return { place: "alert" };
  const [place, ...rest] = key.split(":");
  const version = Number(rest.at(-1));
  const about = rest.at(-2) ?? "";
  if (!Number.isSafeInteger(version) || version < 1) return null;
  if (place === "thread" && rest.length === 2 && isThread(about)) return { place: "thread", about, version };
  const to = rest[0];
  if (place === "dm" && rest.length === 3 && to !== undefined && isDirect(about))
    return { place: "direct", to, about, version };
  return null;
}

/** The name of the message that an effect posts. */
export function messageNameOf(effect: PostEffect): MessageName {
  switch (effect.kind) {
    case "alert.post":
      return { place: "alert" };
    case "thread.post":
      return { place: "thread", about: effect.about, version: effect.version };
    case "dm.post":
      return { place: "direct", to: effect.to, about: effect.about, version: effect.version };
    default:
      return effect satisfies never;
  }
}

/** What that message says now. */
export function draw(name: MessageName, scene: Scene): MessageBody {
  switch (name.place) {
    case "alert":
      return alertMessage(scene);
    case "thread":
      return threadMessage(scene, name.about, name.version);
    case "direct":
      return directMessage(scene, name.about, name.to);
    default:
      return name satisfies never;
  }
}
