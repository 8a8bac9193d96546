import { z } from 'zod'
import { readData } from '../data-file.ts'
import { CONDUCT_KEYS, type ConductKey } from '../law/statutes.ts'
import type { Random } from './random.ts'

/** What a narrative mentions. */
export interface NarrativeFacts {
  /** The town, or the name of the country. */
  readonly town: string
  /** The first day of what the case is about: `YYYY-MM-DD`. */
  readonly day: string
  /** What the case is about; the first counts most. */
  readonly conducts: readonly ConductKey[]
  /** The names that the country's law gives to the conduct. */
  readonly labels: readonly string[]
}

/** How each narrative ends. */
export const INVENTED_NOTE = '(Relato inventado para demostración.)'

const texts = z.array(z.string()).min(1)
const { openings, steps, months } = readData(
  new URL('narratives.yaml', import.meta.url),
  z.strictObject({ openings: z.record(z.enum(CONDUCT_KEYS), texts), steps: texts, months: texts.length(12) }),
)

/** Writes the narrative of a case outside the stories: what happened, one step of the investigation, and how the law names it. */
export function makeNarrative(random: Random, { town, day, conducts, labels }: NarrativeFacts): string {
  const [first] = conducts
  if (first === undefined) return INVENTED_NOTE
  const opening = random.pick(openings[first] ?? []).replace('%t', town)
  const law = `Los hechos se califican como ${labels.join(', ').toLowerCase()}.`
  return `El ${inWords(day)} ${opening}. ${random.pick(steps)} ${law} ${INVENTED_NOTE}`
}

/** Writes a day as in a text: `3 de mayo de 2024`. */
function inWords(day: string): string {
  const [year, month, date] = day.split('-')
  return `${Number(date)} de ${months[Number(month) - 1]} de ${year}`
}
