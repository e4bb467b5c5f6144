import type { Breakglass } from "../../usecases/api.js";
import type { Pictures } from "../delivery/pictures.js";
import type { Home } from "../directory/shapes.js";
import type { Screen } from "./modal-client.js";

/** What every conversation works with. */
export interface Tools {
  readonly breakglass: Breakglass;
  readonly screen: Screen;
  readonly pictures: Pictures;
  /** The workspace, for addresses of messages; `null` while Slack cannot be asked. */
  readonly home: () => Promise<Home | null>;
}
