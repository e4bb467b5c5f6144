import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** `review` for `src/domain/review/form.ts` and for `test/domain/review/form.test.ts`. */
const folderOf = (file: string): string | undefined => /\/domain\/([^/]+)\//.exec(file)?.[1];

/** Runs the tests of the mutated folder first: most mutants fail one of them, which ends the run. */
class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const mutated = (this.ctx.config.related ?? []).map(folderOf);
    const isNear = ({ moduleId }: TestSpecification): boolean => mutated.includes(folderOf(moduleId));
    const sorted = [...files].sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
    return [...sorted.filter(isNear), ...sorted.filter((file) => !isNear(file))];
  }
}

/** Vitest for mutation runs: the domain tests, which need no database and so no global setup. */
export default defineConfig({
  test: {
    include: ["test/domain/**/*.test.ts"],
    testTimeout: 120_000,
    sequence: { sequencer: NearestFirst },
  },
});
