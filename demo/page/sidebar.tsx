import { INCIDENTS } from "../cast.js";
import { Avatar } from "./avatar.js";
import { nameOf, useWorkspace } from "./workspace.js";

/** The conversations, and the people to act as. */
export function Sidebar() {
  const { screen, place, go } = useWorkspace();
  const channels = screen.conversations.filter(({ kind }) => kind !== "im");
  const direct = screen.conversations.find(({ kind }) => kind === "im");
  return (
    <nav className="sidebar" aria-label="Workspace">
      <p className="workspace-name">Acme</p>
      <h2>Channels</h2>
      <ul>
        {channels.map(({ id, name, unread }) => (
          <li key={id}>
            <Entry
              name={`# ${name}`}
              unread={unread}
              isHere={place.at === id}
              onOpen={() => go({ at: id, thread: null })}
            />
          </li>
        ))}
      </ul>
      <h2>Apps</h2>
      <ul>
        <li>
          <Entry
            name="Breakglass"
            unread={direct?.unread ?? 0}
            isHere={place.at === direct?.id || place.at === "home"}
            onOpen={() => go({ at: direct?.id ?? "home", thread: null })}
          />
        </li>
      </ul>
      <People />
    </nav>
  );
}

interface EntryProps {
  readonly name: string;
  readonly unread: number;
  readonly isHere: boolean;
  readonly onOpen: () => void;
}

function Entry({ name, unread, isHere, onOpen }: EntryProps) {
  return (
    <button
      type="button"
      className={unread > 0 ? "entry unread" : "entry"}
      aria-current={isHere ? "page" : undefined}
      onClick={onOpen}
    >
      <span>{name}</span>
      {unread > 0 ? <Count of={unread} /> : null}
    </button>
  );
}

function Count({ of }: { of: number }) {
  return (
    <span className="count">
      {of}
      <span className="unseen"> unread</span>
    </span>
  );
}

/** The people to act as. A number shows unseen direct messages from the bot to someone else. */
function People() {
  const { screen, go } = useWorkspace();
  return (
    <section className="people" aria-labelledby="act-as">
      <h2 id="act-as">Act as</h2>
      <ul>
        {screen.people.map(({ id, part, waiting }) => (
          <li key={id}>
            <button
              type="button"
              className="person"
              aria-pressed={id === screen.me}
              onClick={() => go({ as: id, at: INCIDENTS, thread: null })}
            >
              <Avatar id={id} name={nameOf(screen, id)} />
              <span className="person-words">
                <span className="person-name">
                  <b>{nameOf(screen, id)}</b>
                  {waiting > 0 && id !== screen.me ? <Count of={waiting} /> : null}
                </span>
                <span className="person-part">{part}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
