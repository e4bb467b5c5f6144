/** The reason why the demo cannot run, worded for the person who started it. */
export class DemoCannot extends Error {
  override readonly name = "DemoCannot";
}
