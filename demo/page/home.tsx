import { useEffect } from "react";
import { Blocks } from "./blocks/block.js";
import { useWorkspace } from "./workspace.js";

/** The bot's Home tab. Opening it sends the event to the bot. */
export function Home() {
  const { screen, act } = useWorkspace();
  const { home, me } = screen;
  // biome-ignore lint/correctness/useExhaustiveDependencies: opened once for each person.
  useEffect(() => {
    void act({ do: "open-home" });
  }, [me]);
  if (home === null) return <p className="nothing">Opening the Home…</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard.
    <section className="messages home" aria-label="Home of Breakglass" tabIndex={0}>
      <Blocks
        blocks={home.blocks}
        surface={{
          fields: null,
          press: async (block, action) => {
            await act({ do: "press-in-view", view: home.id, block, action });
          },
        }}
      />
    </section>
  );
}
