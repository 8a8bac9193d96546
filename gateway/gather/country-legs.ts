import { ANSWERED, type Outcome, worseOutcome } from '../../contract/outcome.ts'
import type { PlannedLeg } from '../types/leg.ts'
import type { ReadLeg, ReadPart } from './read-leg.ts'

/** The legs of one country in a fetch, after their answers were read. Each entity is in one of them. */
export class CountryLegs {
  readonly #legs: ReadLeg[] = []
  readonly #ends = new Map<PlannedLeg, Outcome>()
  /** The leg of a root fetch. */
  #root: ReadLeg | undefined
  /** By index of the entity: the leg that asked about it, and its row in that leg. */
  readonly #reads: (ReadLeg | undefined)[] = []
  readonly #rows: number[] = []

  add(leg: PlannedLeg, read: ReadLeg): void {
    this.#legs.push(read)
    let worst = read.outcome
    for (const parts of read.parts.values()) for (const { outcome } of parts) worst = worseOutcome(worst, outcome)
    this.#ends.set(leg, worst)
    if (leg.entities === null) this.#root = read
    else {
      for (let row = 0; row < leg.entities.length; row++) {
        const entity = leg.entities[row] as number
        this.#reads[entity] = read
        this.#rows[entity] = row
      }
    }
  }

  /** The worst outcome of the legs, by which a failed leg is worse than one that answered. */
  get outcome(): Outcome {
    return this.#legs.map(({ outcome }) => outcome).reduce(worseOutcome, this.#legs[0]?.outcome ?? ANSWERED)
  }

  /** The worst outcome of one leg and of its parts; null if this is not a leg of the country. */
  outcomeOf(leg: PlannedLeg): Outcome | null {
    return this.#ends.get(leg) ?? null
  }

  /** The outcome of the leg that asked about an entity, or of the root's leg; undefined if no leg asked. */
  outcomeAt(entity: number | null): Outcome | undefined {
    return this.#readOf(entity)?.outcome
  }

  /** The part of a field (by its ordinal) for an entity, or for the root; undefined if no leg asked, or if the leg failed. */
  partAt(bit: number, entity: number | null): ReadPart | undefined {
    return this.#readOf(entity)?.parts.get(bit)?.[entity === null ? 0 : (this.#rows[entity] ?? 0)]
  }

  #readOf(entity: number | null): ReadLeg | undefined {
    return entity === null ? this.#root : this.#reads[entity]
  }
}
