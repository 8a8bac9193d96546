import { z } from 'zod'
import { readData } from '../data-file.ts'

/** The project's own facts about treaties, which treaties.yaml holds with their source. */
const FACTS = readData(
  new URL('treaties.yaml', import.meta.url),
  z.strictObject({
    instruments: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        kind: z.enum(['TREATY', 'PROTOCOL']),
        adopted_on: z.iso.date(),
      }),
    ),
    states: z.record(z.string(), z.string()),
  }),
)

/** The conventions against organised crime and corruption, and the three protocols: rows of instruments. */
export const INSTRUMENTS = FACTS.instruments

/** One state's participation: when it signed, when it became bound, by which act. Null: it did not, or the source does not say. */
export interface ParticipationFact {
  readonly instrument_id: string
  readonly country: string
  readonly signed_on: string | null
  readonly bound_on: string | null
  readonly action: 'RATIFICATION' | 'ACCESSION' | null
}

/** The codes of the states whose participations in all of these instruments are known. */
export const STATE_CODES: readonly string[] = Object.keys(FACTS.states)

/** The participations of nine states. A state without one in an instrument has no row for it. Days are `YYYY-MM-DD`. */
export const PARTICIPATIONS: readonly ParticipationFact[] = Object.entries(FACTS.states).flatMap(([country, text]) =>
  text.split(' ').flatMap((part, index) => {
    const instrument = INSTRUMENTS[index]
    const [signed, bound] = part.split('/')
    if (part === '-' || instrument === undefined) return []
    return [
      {
        instrument_id: instrument.id,
        country,
        signed_on: signed || null,
        bound_on: bound || null,
        action: signed ? ('RATIFICATION' as const) : ('ACCESSION' as const),
      },
    ]
  }),
)
