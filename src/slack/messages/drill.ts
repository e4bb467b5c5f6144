/** Stands before whatever is told of a rehearsal: a notification on a telephone shows these words and little more. */
export const drillMark = ({ kind }: { readonly kind: "bypass" | "drill" }): string =>
  kind === "drill" ? "DRILL " : "";
