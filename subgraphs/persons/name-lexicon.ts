import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const words = z.string().transform((text): readonly string[] => text.split(/\s+/))
const lexicon = z
  .strictObject({
    givenNames: words,
    surnames: words,
    shortForms: z.record(z.string(), words),
    abbreviations: z.record(z.string(), z.string()),
  })
  .parse(parse(readFileSync(new URL('name-lexicon.yaml', import.meta.url), 'utf8')))

/** Frequent given names. Two different words of this list are two names, however alike they look: `mario` and `maria`. */
export const GIVEN_NAMES = lexicon.givenNames

/** Frequent surnames, those of the region's peoples among them. */
export const SURNAMES = lexicon.surnames

/** Short forms of given names, by the name. A form may stand for several names. Forms of one name stand for one another. */
export const SHORT_FORMS = lexicon.shortForms

/** Abbreviations of given names in registers, without their stop. An abbreviated name is the same name. */
export const ABBREVIATIONS = lexicon.abbreviations
