import { useEffect, useState } from "react";
import type { Done, Snapshot } from "../workspace/contract.js";
import { doAs, follow, moveClock } from "./api.js";
import { Channel } from "./channel.js";
import { Clock } from "./clock.js";
import { Guide } from "./guide.js";
import { useGuide } from "./guide-progress.js";
import { Modal } from "./modal.js";
import { Notes } from "./notes.js";
import { type Draft, START, usePlace } from "./place.js";
import { Sidebar } from "./sidebar.js";
import { useNotes } from "./use-notes.js";
import { type Workspace, WorkspaceProvider } from "./workspace.js";

/** The whole page: the workspace as one person sees it. */
export function App() {
  const [place, go] = usePlace();
  const { screen, away } = useScreen(place.as, () => go(START));
  const { notes, addProblem, close } = useNotes(screen);
  const guide = useGuide(screen);
  const [drafted, setDrafted] = useState<Draft | null>(null);
  const [menu, setMenu] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes after each change of place.
  useEffect(() => setMenu(false), [place.as, place.at]);
  if (screen === null || guide === null)
    return (
      <p className="starting">
        {away ? "The demo does not answer. Is it still running in the terminal?" : "Opening the workspace…"}
      </p>
    );
  const telling = async (doing: Promise<Done>): Promise<Done> => {
    const done = await doing;
    if (!done.ok && done.told !== undefined) addProblem(done.told);
    return done;
  };
  const workspace: Workspace = {
    screen,
    place,
    go,
    guide,
    drafted,
    draft: (draft) => {
      setDrafted(draft);
      if (draft !== null) go({ as: draft.as ?? screen.me, at: draft.channel, thread: null });
    },
    act: (asked) => telling(doAs(screen.me, asked)),
    move: async (to) => void (await telling(moveClock(to))),
  };
  const top = screen.modals.at(-1);
  return (
    <WorkspaceProvider value={workspace}>
      <div className={menu ? "page menu-open" : "page"}>
        <header className="top">
          <button
            type="button"
            className="button quiet menu-button"
            aria-expanded={menu}
            onClick={() => setMenu(!menu)}
          >
            Menu
          </button>
          <p className="what">
            <b>Breakglass</b>
            <span> on an imitation of Slack: the real bot, made-up people</span>
          </p>
          <Clock />
        </header>
        <Guide />
        <Sidebar />
        <Channel />
        {top === undefined ? null : <Modal key={top.id} view={top} />}
        <Notes notes={notes} onClose={close} />
        {away ? (
          <p className="away" role="alert">
            The demo does not answer. Is it still running in the terminal?
          </p>
        ) : null}
      </div>
    </WorkspaceProvider>
  );
}

/** The current screen of one person. The old screen stays while another person's screen loads. */
function useScreen(user: string, onNobody: () => void) {
  const [screen, setScreen] = useState<Snapshot | null>(null);
  const [away, setAway] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows again only for another person.
  useEffect(() => follow(user, setScreen, setAway, onNobody), [user]);
  return { screen, away };
}
