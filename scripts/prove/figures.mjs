/** The figures that a suite reported, each with its verdict. */
export function figuresOf({ lines, passed }) {
  return lines
    .filter((line) => line.kind === "figures")
    .map((line) => {
      const clean = line.lost + line.doubled + line.stuck === 0;
      return { ...line, holds: clean && passed, verdict: !clean ? "BROKEN" : passed ? "holds" : "not proved" };
    });
}
