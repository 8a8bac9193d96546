/** The file of `--landing`: what the operator says on the gateway's first page, in one language or in both. */
import { z } from 'zod'
import { isCountryCode } from '../../../contract/country-code.ts'

/** A text in one language for both, or in each. */
const inBoth = (one: z.ZodType<string>) =>
  z
    .union([one, z.strictObject({ es: one, en: one })], 'expected a text, or { es, en }')
    .transform((words) => (typeof words === 'string' ? { es: words, en: words } : words))

const text = inBoth(z.string().min(1))

/** Where a link leads: a browser runs what stands in a `javascript:` address. */
const address = z
  .string()
  .regex(/^(?:https?:\/\/|mailto:|\/(?!\/))\S+$/, 'expected an address with http, https or mailto, or a path')

const country = z.string().refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code')

const door = z.strictObject({
  icon: z.enum(['search', 'law', 'phone', 'shield']),
  name: text,
  place: text,
  about: text,
  sees: text,
  hidden: text,
  enter: text,
  address,
})

const example = z.strictObject({
  question: text,
  rows: z.array(z.strictObject({ day: z.iso.date(), country, id: z.string(), about: z.string() })),
  parts: z.array(z.strictObject({ country, text, hasAnswered: z.boolean() })),
})

/** The form of the file. */
export const landingSchema = z.strictObject({
  institution: text,
  contact: text,
  /** Such as that everything here is made up. */
  notice: text.optional(),
  links: z.array(z.strictObject({ name: text, address: inBoth(address) })).default([]),
  /** The folder whose pages in Markdown are shown below `/docs/`, with those of `docs` in it. */
  documents: z.string().min(1).optional(),
  /** What each country's records are, by its code. */
  records: z.record(country, text).default({}),
  doors: z.array(door).default([]),
  stories: z.array(z.strictObject({ title: text, about: text, address })).default([]),
  example: example.optional(),
})

/** What the operator says. */
export type LandingFile = Readonly<z.infer<typeof landingSchema>>
