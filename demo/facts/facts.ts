import { z } from 'zod'
import { DEPOSITARY } from '../../contract/country-code.ts'
import { readData } from '../home.ts'

/** One code. Its level and its parent follow from its digits. */
export type IccsFact = Readonly<z.infer<typeof fact>>

const fact = z.strictObject({ code: z.string(), title_en: z.string(), title_es: z.string() })

/** All codes. Within each section, a code comes after its parent. */
export const ICCS_FACTS: readonly IccsFact[] = readData(new URL('iccs-codes.yaml', import.meta.url), z.array(fact))

const instrument = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['TREATY', 'PROTOCOL']),
  adopted_on: z.iso.date(),
})

const { instruments, states } = readData(
  new URL('treaties.yaml', import.meta.url),
  z.strictObject({ instruments: z.array(instrument), states: z.record(z.string(), z.string()) }),
)

// The mapping of the publisher's table says it of all treaties.
const { instruments: mapped } = readData(
  new URL('../../countries/UN.mapping.yaml', import.meta.url),
  z.object({
    instruments: z.object({
      titleEs: z.object({ values: z.record(z.string(), z.string()) }),
      iccs: z.object({ values: z.record(z.string(), z.array(z.string())) }),
      asOf: z.object({ value: z.iso.date() }),
    }),
  }),
)

/** An instrument as a row. */
export type InstrumentFact = Readonly<
  z.output<typeof instrument> & { title_es: string | null; iccs: readonly string[] | null; as_of: string }
>

/** The five UN instruments on which the region's requests for assistance rest, as rows. */
export const INSTRUMENTS: readonly InstrumentFact[] = instruments.map((fact) => {
  const reference = fact.id.slice(DEPOSITARY.length + 1)
  const title_es = mapped.titleEs.values[reference] ?? null
  return { ...fact, title_es, iccs: mapped.iccs.values[reference] ?? null, as_of: mapped.asOf.value }
})

/** One state's participation: when it signed, when it became bound, by which act. Null: it did not, or the source does not say. */
export interface ParticipationFact {
  readonly instrument_id: string
  readonly country: string
  readonly signed_on: string | null
  readonly bound_on: string | null
  readonly action: 'RATIFICATION' | 'ACCESSION' | null
}

/** The codes of the states whose participations in all of these instruments are known. */
export const STATE_CODES: readonly string[] = Object.keys(states)

/** The participations of nine states. A state without one in an instrument has no row for it. Days are `YYYY-MM-DD`. */
export const PARTICIPATIONS: readonly ParticipationFact[] = Object.entries(states).flatMap(([country, text]) =>
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

/** The measures that one country asks another for (`MlaMeasure` of the contract). */
export const MEASURES = [
  'TAKE_EVIDENCE',
  'SERVE_DOCUMENT',
  'SEARCH_SEIZE',
  'FREEZE_ASSETS',
  'BANK_RECORDS',
  'TRANSFER_PERSON',
  'JOINT_TEAM',
  'OTHER',
] as const

const measure = z.enum(MEASURES)
const basis = z.strictObject({ instrument: z.string(), article: z.string(), heading: z.string() })

/** A measure of mutual legal assistance. */
export type Measure = z.infer<typeof measure>

/** An article of an instrument. */
export type Basis = Readonly<z.infer<typeof basis>>

/** `BASES`: the article for each measure. `INFORMATION`: where a request only exchanges information, the article by what it is about. */
export const { bases: BASES, information: INFORMATION } = readData(
  new URL('assistance-bases.yaml', import.meta.url),
  z.strictObject({
    bases: z.record(z.enum(['UNTOC', 'UNCAC']), z.record(measure.exclude(['OTHER']), basis)),
    information: z.record(z.enum(['TRAFFICKING', 'MIGRANTS', 'FIREARMS', 'CORRUPTION', 'ANY']), basis),
  }),
)
