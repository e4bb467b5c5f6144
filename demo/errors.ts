/** Why the demo cannot be shown, in words for whoever started it. */
export class DemoCannot extends Error {
  override readonly name = "DemoCannot";
}
