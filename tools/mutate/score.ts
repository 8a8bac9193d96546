import { isKilled, isSurvivor, type TestedMutant } from './mutant.ts'

/** An entry of `explained.json`: a survivor that somebody has looked at. */
export interface Explanation {
  /** Path of the mutated file from the root. */
  readonly file: string
  /** As the tool prints it: `line before → line after`. Applies to each place of the file with the same text. */
  readonly mutant: string
  /** Why no test can notice it, or needs to. */
  readonly reason: string
}

/** A mutant with its text, as `describeMutant` returns it. */
export interface DescribedMutant extends TestedMutant {
  readonly text: string
}

/** The result of a run. */
export interface Score {
  readonly killed: number
  /** Survivors that `explained.json` names. */
  readonly explained: number
  readonly survivors: readonly DescribedMutant[]
  /** Killed and explained mutants, as a share of all tested mutants, in percent. 0 if none was tested, because that proves nothing. */
  readonly percent: number
  /** Entries of `explained.json` that match no mutant of the files that were mutated. They are reliable only after a complete run. */
  readonly unmatched: readonly Explanation[]
}

/** Sums up a run. Mutants that fail in Stryker or are not in the sample do not count. */
export function scoreMutants(mutants: readonly DescribedMutant[], explanations: readonly Explanation[]): Score {
  const explainedKeys = new Set(explanations.map(({ file, mutant }) => keyOf(file, mutant)))
  const isExplained = ({ fileName, text }: DescribedMutant): boolean => explainedKeys.has(keyOf(fileName, text))
  const killed = mutants.filter(isKilled).length
  const survivors = mutants.filter(isSurvivor)
  const explained = survivors.filter(isExplained).length
  const total = killed + survivors.length
  const files = new Set(mutants.map(({ fileName }) => fileName))
  const keys = new Set(mutants.map(({ fileName, text }) => keyOf(fileName, text)))
  return {
    killed,
    explained,
    survivors: survivors.filter((mutant) => !isExplained(mutant)),
    percent: total === 0 ? 0 : (100 * (killed + explained)) / total,
    unmatched: explanations.filter(({ file, mutant }) => files.has(file) && !keys.has(keyOf(file, mutant))),
  }
}

function keyOf(file: string, mutant: string): string {
  return `${file}\n${mutant}`
}
