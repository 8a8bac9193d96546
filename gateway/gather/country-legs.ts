import { ANSWERED, type Outcome, worseOutcome } from '../../contract/outcome.ts'
import type { PlannedLeg } from '../types/leg.ts'
import type { ReadLeg, ReadPart } from './read-leg.ts'

/** The legs of one country in a fetch, after their answers were read. Each entity is in one of them. */
export class CountryLegs {
  readonly #legs: ReadLeg[] = []
  readonly #ends = new Map<PlannedLeg, Outcome>()
  /** By index of the entity, or null in a root fetch: the leg that asked about it, and its row in that leg. */
  readonly #rows = new Map<number | null, { readonly read: ReadLeg; readonly row: number }>()

  add(leg: PlannedLeg, read: ReadLeg): void {
    this.#legs.push(read)
    this.#ends.set(leg, [...read.parts.values()].flat().reduce(worstOfPart, read.outcome))
    if (leg.entities === null) this.#rows.set(null, { read, row: 0 })
    else for (const [row, entity] of leg.entities.entries()) this.#rows.set(entity, { read, row })
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
    return this.#rows.get(entity)?.read.outcome
  }

  /** The part of a field (by its ordinal) for an entity, or for the root; undefined if no leg asked, or if the leg failed. */
  partAt(bit: number, entity: number | null): ReadPart | undefined {
    const found = this.#rows.get(entity)
    return found?.read.parts.get(bit)?.[found.row]
  }
}

function worstOfPart(worst: Outcome, part: ReadPart): Outcome {
  return worseOutcome(worst, part.outcome)
}
