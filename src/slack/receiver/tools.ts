import type { Breakglass } from "../../usecases/api.js";
import type { Home } from "../directory/shapes.js";
import type { Pictures } from "../stats/pictures.js";
import type { Screen } from "./screen.js";

/** What every conversation works with. */
export interface Tools {
  readonly breakglass: Breakglass;
  readonly screen: Screen;
  readonly pictures: Pictures;
  /** The workspace, for addresses of messages; `null` while Slack cannot be asked. */
  readonly home: () => Promise<Home | null>;
}
