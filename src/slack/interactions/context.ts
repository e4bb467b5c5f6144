import type { Breakglass } from "../../usecases/api.js";
import type { Pictures } from "../delivery/pictures.js";
import type { Workspace } from "../directory/shapes.js";
import type { ModalClient } from "./modal-client.js";

/** What every conversation works with. */
export interface HandlerContext {
  readonly breakglass: Breakglass;
  readonly modals: ModalClient;
  readonly pictures: Pictures;
  /** The workspace, for addresses of messages; `null` while Slack cannot be asked. */
  readonly home: () => Promise<Workspace | null>;
}
