import { Markup } from "./blocks/text.js";
import type { GuideState } from "./guide-progress.js";
import { type Offer, STEPS } from "./guide-steps.js";
import { useWorkspace } from "./workspace.js";

/** The guided tour: one step at a time. */
export function Guide() {
  const { guide: of } = useWorkspace();
  if (!of.open) {
    return (
      <div className="guide closed">
        <button type="button" className="button quiet" onClick={() => of.show(true)}>
          Show the Guide
        </button>
      </div>
    );
  }
  const isLast = of.step.isDone === null;
  return (
    <section className="guide" aria-label="Guide">
      <div className="guide-words" aria-live="polite">
        <Words key={of.number} of={of} />
      </div>
      <div className="guide-buttons">
        {of.step.offers.map((offer) => (
          <OfferButton key={offer.words} offer={offer} />
        ))}
        <button type="button" className="button quiet" onClick={isLast ? of.again : of.skip}>
          {isLast ? "Start Again" : "Skip"}
        </button>
        <button type="button" className="button quiet" onClick={() => of.show(false)}>
          Hide
        </button>
      </div>
    </section>
  );
}

/** The current step beside a window, which covers the guide itself. */
export function GuideAside() {
  const { guide: of } = useWorkspace();
  if (!of.open || of.step.isDone === null) return null;
  return (
    <div className="guide-aside" role="note" aria-label="The guide's words">
      <Words of={of} />
    </div>
  );
}

function Words({ of: { step, number } }: { of: GuideState }) {
  return (
    <>
      <p className="guide-head">
        <span className="guide-step">
          Step {number} of {STEPS.length}
        </span>
        <b>{step.title}</b>
      </p>
      <p>
        <Markup text={step.says} />
      </p>
    </>
  );
}

function OfferButton({ offer }: { offer: Offer }) {
  const { screen, go, move, draft } = useWorkspace();
  if ("go" in offer && offer.go.as === screen.me) return null;
  const take = (): void => {
    if ("go" in offer) go(offer.go);
    else if ("write" in offer) draft(offer.write);
    else void move(offer.move);
  };
  return (
    <button type="button" className="button guide-offer" onClick={take}>
      {offer.words}
    </button>
  );
}
