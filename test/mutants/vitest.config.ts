import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** `review` of `src/domain/review/followUp.ts` and of `test/domain/review/chase.test.ts`. */
const folderOf = (file: string): string | undefined => /\/domain\/([^/]+)\//.exec(file)?.[1];

/** The tests of the mutated folder come first: most mutants end with the first test that fails. */
class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const mutated = (this.ctx.config.related ?? []).map(folderOf);
    const isNear = ({ moduleId }: TestSpecification): boolean => mutated.includes(folderOf(moduleId));
    const sorted = [...files].sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
    return [...sorted.filter(isNear), ...sorted.filter((file) => !isNear(file))];
  }
}

/** For mutation runs: the suites of the domain, which need no database, and so no global setup. */
export default defineConfig({
  test: {
    include: ["test/domain/**/*.test.ts"],
    testTimeout: 120_000,
    sequence: { sequencer: NearestFirst },
  },
});
