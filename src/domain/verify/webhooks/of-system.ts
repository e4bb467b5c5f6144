import type { OpenedBody } from "../../events/body.js";
import { isToldOutside } from "../../webhooks/patterns.js";
import type { StoredEffect } from "../promises.js";
import { outcomeViolation, type WebhookRecord } from "./of-bypass.js";

/** Compares entries of the system's stream with the rows for webhooks that belong to no bypass. */
export interface SystemWebhooks {
  /** Takes every entry of the system's stream, in order. */
  entry(seq: number, body: OpenedBody): void;
  /** Takes every such row. Returns what is wrong with it, as a sentence. */
  row(stored: StoredEffect): readonly string[];
  /** The entries of which some delivery was never queued, with the webhook. */
  missing(): readonly { readonly seq: number; readonly webhook: string }[];
}

interface Call {
  readonly seq: number;
  readonly may: readonly string[] | null;
}

/** Creates a comparison that has seen no entry. */
export function createSystemWebhooks({ calls, failures }: WebhookRecord): SystemWebhooks {
  /** What an entry about a gate calls for, by its command. */
  const called = new Map<string, Call>();
  const expected = new Map<string, { readonly seq: number; readonly webhook: string }>();
  const replays: { readonly webhook: string; readonly firstSeq: number; readonly lastSeq: number }[] = [];
  const name = (webhook: string, command: string) => `${webhook} ${command}`;

  const violations = (stored: StoredEffect): readonly string[] => {
    const { webhook, command, seq } = stored.effect;
    if (typeof webhook !== "string") return ["names no webhook"];
    if (typeof seq === "number") {
      const isAsked = replays.some((one) => one.webhook === webhook && one.firstSeq <= seq && seq <= one.lastSeq);
      return [
        ...(isAsked || !failures.covers(stored.createdAt)
          ? []
          : [`sends entry ${seq} again, but no entry tells of that`]),
        ...list(outcomeViolation(stored, failures.ofSeq(webhook, seq), failures)),
      ];
    }
    if (typeof command !== "string") return ["names no entry"];
    const call = called.get(command);
    expected.delete(name(webhook, command));
    if (call === undefined) return failures.covers(stored.createdAt) ? ["names no entry that is told outside"] : [];
    const isCalledFor = call.may === null || call.may.includes(webhook);
    return [
      ...(isCalledFor ? [] : [`sends entry ${call.seq}, which the policy on record does not call for`]),
      ...list(outcomeViolation(stored, failures.ofSeq(webhook, call.seq), failures)),
    ];
  };

  return {
    entry: (seq, { event, at, command }) => {
      if (event.type === "webhook.replayed") replays.push(event);
      if (!isToldOutside(event)) return;
      const call = calls.of(event.type, at);
      called.set(command, { seq, may: call?.may ?? null });
      for (const webhook of call?.must ?? []) expected.set(name(webhook, command), { seq, webhook });
    },
    row: (stored) => {
      if (stored.effect.kind !== "webhook.send") return [];
      return violations(stored).map(
        (what) => `A row for the webhook ${String(stored.effect.webhook).slice(0, 40)} ${what}.`,
      );
    },
    missing: () => [...expected.values()],
  };
}

const list = (one: string | null): readonly string[] => (one === null ? [] : [one]);
