/** Whether a node is the branch `default: return x satisfies never`. The compiler proves that nothing reaches it. */
const isUnreachable = ({ node }) =>
  node.type === "SwitchCase" &&
  node.test === null &&
  node.consequent.length === 1 &&
  node.consequent[0].argument?.type === "TSSatisfiesExpression" &&
  node.consequent[0].argument.typeAnnotation.type === "TSNeverKeyword";

/** A Stryker plugin that ignores mutants in unreachable branches, since no test could detect them. */
export const strykerPlugins = [
  {
    kind: "Ignore",
    name: "unreachable",
    value: {
      shouldIgnore: (path) => (isUnreachable(path) ? "the compiler proves that this branch is unreachable" : undefined),
    },
  },
];
