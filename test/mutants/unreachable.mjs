/** Is that the last branch of a switch over a union, `return x satisfies never`? The compiler proves that nothing reaches it. */
const isUnreachable = ({ node }) =>
  node.type === "SwitchCase" &&
  node.test === null &&
  node.consequent.length === 1 &&
  node.consequent[0].argument?.type === "TSSatisfiesExpression" &&
  node.consequent[0].argument.typeAnnotation.type === "TSNeverKeyword";

/** For Stryker: mutants of unreachable branches are left out, since no test could notice them. */
export const strykerPlugins = [
  {
    kind: "Ignore",
    name: "unreachable",
    value: { shouldIgnore: (path) => (isUnreachable(path) ? "the compiler proves that nothing gets here" : undefined) },
  },
];
