import { useEffect, useState } from "react";
import { moveClock } from "./api.js";
import { writeInComposer } from "./composer.js";
import { type Offer, STEPS } from "./guide-steps.js";
import { useWorkspace } from "./workspace.js";

interface Progress {
  readonly step: number;
  /** Epoch milliseconds on the workspace's clock. */
  readonly since: number;
  readonly open: boolean;
}

const KEY = "breakglass-guide";

function remembered(now: number): Progress {
  try {
    const kept: Partial<Progress> = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return { step: kept.step ?? 0, since: kept.since ?? now, open: kept.open ?? true };
  } catch {
    return { step: 0, since: now, open: true };
  }
}

/** The guided tour: one step at a time, each done by doing it. */
export function Guide() {
  const { screen } = useWorkspace();
  const [progress, setProgress] = useState(() => remembered(screen.clock.now));
  const step = STEPS[Math.min(progress.step, STEPS.length - 1)];
  const done = step?.isDone?.(screen, progress.since) ?? false;
  useEffect(() => {
    if (done) setProgress((before) => ({ ...before, step: before.step + 1 }));
  }, [done]);
  useEffect(() => sessionStorage.setItem(KEY, JSON.stringify(progress)), [progress]);
  if (step === undefined) return null;
  const isLast = step.isDone === null;
  const again = (): void => setProgress({ step: 0, since: screen.clock.now, open: true });
  if (!progress.open) {
    return (
      <div className="guide closed">
        <button type="button" className="button quiet" onClick={() => setProgress({ ...progress, open: true })}>
          Show the Guide
        </button>
      </div>
    );
  }
  return (
    <section className="guide" aria-label="Guide">
      <div className="guide-words" aria-live="polite">
        <p className="guide-step">
          Step {progress.step + 1} of {STEPS.length}
        </p>
        <p>
          <b>{step.title}.</b> {step.says}
        </p>
      </div>
      <div className="guide-buttons">
        {step.offers.map((offer) => (
          <OfferButton key={offer.words} offer={offer} />
        ))}
        {isLast ? (
          <button type="button" className="button quiet" onClick={again}>
            Start Again
          </button>
        ) : (
          <button
            type="button"
            className="button quiet"
            onClick={() => setProgress({ ...progress, step: progress.step + 1 })}
          >
            Skip
          </button>
        )}
        <button type="button" className="button quiet" onClick={() => setProgress({ ...progress, open: false })}>
          Hide
        </button>
      </div>
    </section>
  );
}

function OfferButton({ offer }: { offer: Offer }) {
  const { screen, go } = useWorkspace();
  if ("go" in offer && offer.go.as === screen.me) return null;
  const take = async (): Promise<void> => {
    if ("go" in offer) go(offer.go);
    else if ("write" in offer) {
      go({ at: "C0INCIDENTS", thread: null });
      writeInComposer(offer.write);
    } else await moveClock(offer.move);
  };
  return (
    <button type="button" className="button guide-offer" onClick={() => void take()}>
      {offer.words}
    </button>
  );
}
