import type { Breakglass } from "../../usecases/api.js";
import type { Screen } from "./screen.js";

/** What every conversation works with. */
export interface Tools {
  readonly breakglass: Breakglass;
  readonly screen: Screen;
}
