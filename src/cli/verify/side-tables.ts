import type { OpenedBody } from "../../domain/events/body.js";
import type { UseEvent } from "../../domain/events/catalogue/use.js";
import { noticesOf } from "../../domain/notices/notices-of.js";
import type { Finding } from "../../domain/verify/findings.js";
import { effectName } from "../../domain/verify/promises.js";
import { compareRows, type RowSentences } from "../../domain/verify/rows.js";
import type { WebhookRecord } from "../../domain/verify/webhooks/of-bypass.js";
import { createSystemWebhooks } from "../../domain/verify/webhooks/of-system.js";
import type { VerifySource } from "../../postgres/queries/verify-source.js";

const ROWS_PER_PAGE = 2_000;

/** Compares the entries with the tables beside the trail that no projection is made from: commands and the outbox. */
export interface SideTables {
  /** Takes the entries of a page, in order. */
  page(source: VerifySource, entries: readonly { readonly seq: number; readonly body: OpenedBody }[]): Promise<void>;
  /** Until when what was queued came with a restored backup; `null` without one. */
  restoredAt(): string | null;
  /** Every difference, once all entries up to `upTo` were taken. */
  finish(source: VerifySource, upTo: number): Promise<readonly Finding[]>;
}

/** Creates a comparison that has seen no entry. */
export function createSideTables(webhooks: WebhookRecord): SideTables {
  const findings: Finding[] = [];
  /** What entries of the system call for, by name, with the entry. */
  const expected = new Map<string, number>();
  const commands = new Set<string>();
  const system = createSystemWebhooks(webhooks);
  let restoredAt: string | null = null;

  const compareCommands = async (source: VerifySource, entries: Parameters<SideTables["page"]>[1]): Promise<void> => {
    const rows = new Map(
      (await source.commands([...new Set(entries.map(({ body }) => body.command))])).map((row) => [row.id, row]),
    );
    for (const { seq, body } of entries) {
      commands.add(body.command);
      const row = rows.get(body.command);
      if (row !== undefined && within(seq, row.firstSeq, row.lastSeq)) continue;
      const what = row === undefined ? "is missing" : "names other entries";
      const message = `The row of the command of entry ${seq} ${what}, so that the command could be done again.`;
      findings.push({ seq, kind: "projection", message });
    }
  };

  /** The uses of grants, each with its row, and how many there are. */
  let uses = 0;
  const compareUses = async (source: VerifySource, entries: Parameters<SideTables["page"]>[1]): Promise<void> => {
    const expected = entries.flatMap(({ seq, body: { event, at } }) =>
      event.type === "grant.used" ? [[seq, rowOfUse(seq, event, at)] as const] : [],
    );
    if (expected.length === 0) return;
    uses += expected.length;
    const stored = await source.uses(expected.map(([seq]) => seq));
    for (const message of compareRows(expected, stored, "seq", OF_USE))
      findings.push({ seq: 0, kind: "projection", message });
  };

  return {
    page: async (source, entries) => {
      for (const { seq, body } of entries) {
        if (body.n !== null) continue;
        system.entry(seq, body);
        for (const notice of noticesOf(body.event)) {
          const name = effectName({ ...notice });
          if (name !== null && !expected.has(name)) expected.set(name, seq);
        }
        if (body.event.type === "trail.gap" && (restoredAt === null || body.event.before > restoredAt))
          restoredAt = body.event.before;
      }
      await compareCommands(source, entries);
      await compareUses(source, entries);
    },
    restoredAt: () => restoredAt,
    finish: async (source, upTo) => {
      for (let after = 0, more = true; more; ) {
        const rows = await source.notices(after, ROWS_PER_PAGE);
        for (const row of rows) {
          expected.delete(effectName(row.effect) ?? "");
          findings.push(...system.row(row).map((message) => ({ seq: 0, kind: "delivery" as const, message })));
        }
        after = rows.at(-1)?.position ?? after;
        more = rows.length > 0;
      }
      for (const seq of new Set(expected.values())) {
        const message = `Entry ${seq} calls for a message that was never queued.`;
        findings.push({ seq, kind: "delivery", message });
      }
      for (const { seq, webhook } of system.missing()) {
        const message = `Entry ${seq} calls for a delivery to the webhook ${webhook} that was never queued.`;
        findings.push({ seq, kind: "delivery", message });
      }
      const surplus = (await source.countCommands(upTo)) - commands.size;
      if (surplus > 0) {
        const message = `The table of commands has ${surplus} that no entry names; such a command is taken for done and does nothing.`;
        findings.push({ seq: 0, kind: "projection", message });
      }
      const surplusUses = (await source.countUses(upTo)) - uses;
      if (surplusUses > 0) {
        const message = `grant_uses: ${surplusUses} rows have no entry.`;
        findings.push({ seq: 0, kind: "projection", message });
      }
      return findings;
    },
  };
}

/** The row of `grant_uses` that follows from an entry. */
function rowOfUse(seq: number, event: UseEvent, at: string): object {
  const { grant: n, gate, run, issuer, repository, commit, commitProven: proven } = event;
  return { seq, n, gate, run, issuer: issuer ?? "", repository, commit, proven, at };
}

const OF_USE: RowSentences = {
  missing: (seq) => `grant_uses: entry ${seq} has no row.`,
  surplus: (seq) => `grant_uses: entry ${seq} has a row that it does not call for.`,
  wrong: (seq, column) => `grant_uses: ${column} of entry ${seq} is not what the entry says.`,
};

const within = (seq: number, first: unknown, last: unknown): boolean =>
  typeof first === "number" && typeof last === "number" && first <= seq && seq <= last;
