import type { Provenance } from '../documents/types.ts'

/** How the records of a file may be used. */
export interface CollectedHandling {
  /** The handling codes of all records, each once, in their order. */
  readonly codes: readonly string[]
  /** What countries wrote to a code, each once. */
  readonly notes: readonly string[]
  /** How many records hide how they may be used. */
  readonly hidden: number
}

/** Collects how records may be used: a page of a file can be torn from the others, so that each names what holds for any of them. */
export function collectHandling(
  provenances: readonly (Pick<Provenance, 'handling' | 'handlingNote'> | null)[],
): CollectedHandling {
  const known = provenances.filter((each) => each !== null)
  return {
    codes: [...new Set(known.flatMap(({ handling }) => handling))].sort(),
    notes: [...new Set(known.flatMap(({ handlingNote }) => handlingNote || []))].sort(),
    hidden: provenances.length - known.length,
  }
}
