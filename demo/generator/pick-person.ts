import { recognise } from './humans.ts'
import { personId } from './ids.ts'
import type { Random } from './random.ts'
import type { GeneratorSettings } from './settings.ts'

/** Whom to pick: a person of a country with an ordinal from `from` to `to`. Ordinals wrap around if there are fewer persons. */
export interface Wanted {
  readonly country: string
  readonly from: number
  readonly to: number
  /** False: a person known only as a victim, a witness or a minor. */
  readonly ordinary: boolean
}

/** How many ordinals are tried. */
const DRAWS = 30

/** Draws the id of a person of the wanted kind who belongs to no story, without generating the person. Returns null if it finds none. */
export function pickPerson(random: Random, settings: GeneratorSettings, wanted: Wanted): string | null {
  const { persons } = settings
  for (let draw = 0; draw < DRAWS && persons > 0; draw++) {
    const ordinal = ((random.between(wanted.from, wanted.to) - 1) % persons) + 1
    const recognition = recognise(settings, wanted.country, ordinal)
    if (recognition !== 'TOLD' && (recognition === 'ORDINARY') === wanted.ordinary)
      return personId(wanted.country, ordinal)
  }
  return null
}
