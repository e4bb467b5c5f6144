/** A note over the page: a problem, or the news that the bot has written to someone else. */
export interface Note {
  readonly id: number;
  readonly words: string;
  readonly tone: "problem" | "news";
}

/** The notes, in a corner of the page. */
export function Notes({ notes, onClose }: { notes: readonly Note[]; onClose: (id: number) => void }) {
  return (
    <div className="notes" role="status" aria-live="polite">
      {notes.map(({ id, words, tone }) => (
        <div key={id} className={`note ${tone}`}>
          <p>{words}</p>
          <button type="button" className="icon" aria-label="Close this note" onClick={() => onClose(id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
