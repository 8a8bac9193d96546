import { appendFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { TestedMutant } from './mutant.ts'
import { isInSample } from './sample.ts'

/**
 * Two plugins for Stryker: one skips the mutants that are not in the sample, the other writes each result at once. `npm run mutate` passes
 * their settings in the environment, because they run in processes that Stryker starts.
 */

const { ISTMO_MUTATE_RESULTS = '', ISTMO_MUTATE_SAMPLE = '1', ISTMO_MUTATE_SEED = '1' } = process.env

/** A mutant before it is tested. */
type Candidate = Pick<TestedMutant, 'fileName' | 'location' | 'replacement'> & { readonly id: string }

/** Stryker cannot take a sample. But it neither tests nor scores a mutant that a checker reports as a compile error. */
const NOT_IN_SAMPLE = { status: 'compileError', reason: 'not in the sample' }
const IN_SAMPLE = { status: 'passed' }

const sampleChecker = {
  init: async () => {},
  check: async (mutants: readonly Candidate[]) =>
    Object.fromEntries(mutants.map((mutant) => [mutant.id, isWanted(mutant) ? IN_SAMPLE : NOT_IN_SAMPLE])),
  group: async (mutants: readonly Candidate[]) => [mutants.map(({ id }) => id)],
}

function isWanted({ fileName, location, replacement }: Candidate): boolean {
  const identity = JSON.stringify([relative(process.cwd(), fileName), location, replacement])
  return isInSample(identity, Number(ISTMO_MUTATE_SAMPLE), Number(ISTMO_MUTATE_SEED))
}

/** Writes a line of JSON for each mutant, so that an interrupted run has results. */
const lineReporter = {
  onMutantTested({ fileName, mutatorName, replacement, location, status }: TestedMutant): void {
    const path = relative(process.cwd(), fileName)
    const tested: TestedMutant = { fileName: path, mutatorName, replacement, location, status }
    appendFileSync(ISTMO_MUTATE_RESULTS, `${JSON.stringify(tested)}\n`)
  },
}

/** The name under which Stryker looks for plugins (its docs, «Create a plugin»). */
export const strykerPlugins = [
  { kind: 'Checker', name: 'sample', value: sampleChecker },
  { kind: 'Reporter', name: 'lines', value: lineReporter },
] as const
