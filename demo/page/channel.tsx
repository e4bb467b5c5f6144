import { Conversation } from "./conversation.js";
import { Home } from "./home.js";
import { Thread } from "./thread.js";
import { useWorkspace } from "./workspace.js";

/** The middle of the page: a channel, or the app with its tabs; and an open thread beside it. */
export function Channel() {
  const { screen, place, go } = useWorkspace();
  const direct = screen.conversations.find(({ kind }) => kind === "im");
  const isHome = place.at === "home";
  const open = isHome ? direct : screen.conversations.find(({ id }) => id === place.at);
  if (open === undefined) {
    return (
      <main className="channel">
        <p className="nothing">This conversation is not there for {screen.me}. Choose one on the left.</p>
      </main>
    );
  }
  const isApp = open.kind === "im";
  return (
    <>
      <main className="channel">
        <header className="bar">
          <h1>{isApp ? "Breakglass" : `# ${open.name}`}</h1>
          {isApp ? (
            <div className="tabs">
              <Tab words="Home" isHere={isHome} onOpen={() => go({ at: "home", thread: null })} />
              <Tab words="Messages" isHere={!isHome} onOpen={() => go({ at: open.id, thread: null })} />
            </div>
          ) : null}
        </header>
        {isHome ? <Home /> : <Conversation key={`${screen.me}${open.id}`} of={open} />}
      </main>
      {place.thread === null || isHome ? null : <Thread key={place.thread} of={open} ts={place.thread} />}
    </>
  );
}

function Tab({ words, isHere, onOpen }: { words: string; isHere: boolean; onOpen: () => void }) {
  return (
    <button type="button" className="tab" aria-current={isHere ? "page" : undefined} onClick={onOpen}>
      {words}
    </button>
  );
}
