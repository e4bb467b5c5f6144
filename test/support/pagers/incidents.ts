/** An incident as a pager has it: open, taken by somebody, or over; with everything that was told of it. */
export interface Incident {
  readonly key: string;
  readonly status: "triggered" | "acknowledged" | "resolved";
  readonly summary: string;
  readonly links: readonly string[];
  readonly triggers: number;
}

/** What both doubles keep of their incidents, by the rules that both services publish. */
export function createIncidents() {
  const byKey = new Map<string, Incident>();
  return {
    all: (): readonly Incident[] => [...byKey.values()],
    /** A further trigger of an open incident updates it; after its end it opens another one. */
    trigger: (key: string, summary: string, links: readonly string[]): void => {
      const known = byKey.get(key);
      const open = known !== undefined && known.status !== "resolved" ? known : null;
      byKey.set(key, {
        key,
        status: open?.status ?? "triggered",
        summary,
        links,
        triggers: (open?.triggers ?? 0) + 1,
      });
    },
    /** Of what is not known, or over, nothing is said. */
    move: (key: string, status: "acknowledged" | "resolved"): void => {
      const known = byKey.get(key);
      if (known !== undefined && known.status !== "resolved") byKey.set(key, { ...known, status });
    },
  };
}
