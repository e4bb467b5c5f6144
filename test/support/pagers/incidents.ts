/** An incident in a paging service. `triggers` counts the trigger events for it. */
export interface Incident {
  readonly key: string;
  readonly status: "triggered" | "acknowledged" | "resolved";
  readonly summary: string;
  readonly links: readonly string[];
  readonly triggers: number;
}

/** Keeps the incidents of a double, by the rules that both services publish. */
export function createIncidents() {
  const byKey = new Map<string, Incident>();
  return {
    all: (): readonly Incident[] => [...byKey.values()],
    /** Updates the open incident with this key, or opens a new one. */
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
    /** Ignores an unknown or resolved incident, as both services do. */
    move: (key: string, status: "acknowledged" | "resolved"): void => {
      const known = byKey.get(key);
      if (known !== undefined && known.status !== "resolved") byKey.set(key, { ...known, status });
    },
  };
}
