import { useEffect, useState } from "react";
import type { Snapshot } from "../workspace/contract.js";
import { STEPS, type Step } from "./guide-steps.js";
import { isObject } from "./json.js";

interface Progress {
  readonly step: number;
  /** Epoch milliseconds on the workspace's clock. */
  readonly since: number;
  readonly open: boolean;
}

/** This tab's progress in the guided tour. */
export interface GuideState {
  readonly step: Step;
  /** From 1. */
  readonly number: number;
  readonly open: boolean;
  skip(): void;
  again(): void;
  show(open: boolean): void;
}

const KEY = "breakglass-guide";

/** Advances when the visitor has done a step. The tab's session storage keeps the progress. */
export function useGuide(screen: Snapshot | null): GuideState | null {
  const [progress, setProgress] = useState(remembered);
  const now = screen?.clock.now ?? null;
  // A start in the future belongs to an earlier workspace: `--fresh` resets the clock.
  const kept = progress !== null && (now === null || progress.since <= now) ? progress : null;
  const shown = kept ?? (now === null ? null : { step: 0, since: now, open: true });
  const step = shown === null ? undefined : STEPS[Math.min(shown.step, STEPS.length - 1)];
  const done = shown !== null && screen !== null && (step?.isDone?.(screen, shown.since) ?? false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: starts with the first screen and advances when a step is done.
  useEffect(() => {
    if (shown !== null && (done || kept === null)) setProgress({ ...shown, step: shown.step + (done ? 1 : 0) });
  }, [done, shown === null, kept?.step]);
  useEffect(() => {
    if (progress !== null) sessionStorage.setItem(KEY, JSON.stringify(progress));
  }, [progress]);
  if (shown === null || step === undefined || now === null) return null;
  return {
    step,
    number: STEPS.indexOf(step) + 1,
    open: shown.open,
    skip: () => setProgress({ ...shown, step: shown.step + 1 }),
    again: () => setProgress({ step: 0, since: now, open: true }),
    show: (open) => setProgress({ ...shown, open }),
  };
}

/** The stored progress of this tab; `null` when there is none or it cannot be read. */
function remembered(): Progress | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (!isObject(kept)) return null;
    const { step, since, open } = kept;
    const whole = typeof step === "number" && typeof since === "number" && typeof open === "boolean";
    return whole && Number.isInteger(step) && step >= 0 ? { step, since, open } : null;
  } catch {
    return null;
  }
}
