import { recogniseCaller } from './humans.ts'
import { personId } from './ids.ts'
import type { Random } from './random.ts'
import type { GeneratorSettings } from './settings.ts'

/** Whom to pick: somebody of a country with an ordinal from `from` to `to`, going round where there are fewer persons. */
export interface Wanted {
  readonly country: string
  readonly from: number
  readonly to: number
  /** False: somebody known only as victim, witness or minor. */
  readonly ordinary: boolean
}

/** How often it is tried. */
const DRAWS = 30

/** The id of a person of the wanted kind, found by chance, without making the person; null where none is found. */
export function pickPerson(random: Random, settings: GeneratorSettings, wanted: Wanted): string | null {
  const { persons } = settings
  for (let draw = 0; draw < DRAWS && persons > 0; draw++) {
    const ordinal = ((random.between(wanted.from, wanted.to) - 1) % persons) + 1
    const ordinary = recogniseCaller(settings, wanted.country, ordinal) === 'ORDINARY'
    if (ordinary === wanted.ordinary) return personId(wanted.country, ordinal)
  }
  return null
}
