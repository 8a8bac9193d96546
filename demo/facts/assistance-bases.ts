import { z } from 'zod'
import { readData } from '../data-file.ts'

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
