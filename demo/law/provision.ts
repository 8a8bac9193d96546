import { z } from 'zod'
import { CONDUCT_KEYS } from './conducts.ts'

/** An article by which a country punishes some kinds of conduct. */
const provision = z.strictObject({
  /** The article's number. Null where no source was found: a number is never invented. */
  article: z.string().nullable(),
  heading: z.string(),
  conducts: z.array(z.enum(CONDUCT_KEYS)).readonly(),
  /** The longest imprisonment of the basic offence, in months. */
  maxMonths: z.int(),
  /** What we saw of it in a public source: article and penalty, the article, or nothing: then it is written from memory. */
  checked: z.enum(['ARTICLE_AND_PENALTY', 'ARTICLE', 'NOTHING']),
  /** The page where we saw the article, if it is not the law's own. */
  source: z.string().optional(),
})

/** A law of a country: its penal code, or a special law. */
const law = z.strictObject({
  /** What the ids of its articles hold: `CP` for the penal code in force, else the decree: `D48-92`. */
  code: z.string(),
  /** Its name and its decree, in Spanish. */
  name: z.string(),
  /** `YYYY-MM-DD`, or null if we did not look it up. */
  inForceFrom: z.iso.date().nullable().default(null),
  /** The day from which another law punishes what its articles are about. */
  repealedOn: z.iso.date().nullable().default(null),
  /** A public page with its text, or about it. */
  source: z.string(),
})

/** The laws of some countries, by country, each with its provisions. */
export const lawsSchema = z.record(z.string(), z.array(law.extend({ provisions: z.array(provision) })))

/** A law. */
export type Law = Readonly<z.infer<typeof law>>
/** A provision of a law. */
export type Provision = Readonly<z.infer<typeof provision>> & { readonly law: Law }
