import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** `review` for `src/domain/review/form.ts` and for `test/domain/review/form.test.ts`. */
const folderOf = (file: string): string | undefined => /\/domain\/([^/]+)\//.exec(file)?.[1];

/** Runs the quick comparisons with docs/ and the tests of the mutated folder first: most mutants fail one of them. */
class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const mutated = (this.ctx.config.related ?? []).map(folderOf);
    const isNear = ({ moduleId }: TestSpecification): boolean =>
      moduleId.includes("/test/cli/") || mutated.includes(folderOf(moduleId));
    const sorted = [...files].sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
    return [...sorted.filter(isNear), ...sorted.filter((file) => !isNear(file))];
  }
}

/**
 * Vitest for mutation runs: the domain tests, and those that compare the generated references with docs/. None needs a
 * database, so there is no global setup.
 */
export default defineConfig({
  test: {
    include: ["test/domain/**/*.test.ts", "test/cli/policy.test.ts", "test/cli/trail.test.ts"],
    testTimeout: 120_000,
    sequence: { sequencer: NearestFirst },
  },
});
