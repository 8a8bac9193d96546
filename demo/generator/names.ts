import { z } from 'zod'
import { readData } from '../data-file.ts'
import { profileOf } from './profiles.ts'
import type { Random } from './random.ts'

/** Names of made-up persons: random combinations of the region's frequent given names and surnames. */

/** A name as one country's records write it. */
export interface PersonName {
  readonly given: readonly string[]
  /** The father's surname, then the mother's. */
  readonly surnames: readonly string[]
}

/** The sexes that have lists of given names. A record may still say that the sex is unknown. */
export type NamedSex = 'F' | 'M'

const bySex = z.strictObject({ F: z.array(z.string()), M: z.array(z.string()) })

/** The names, the most frequent first. */
const NAMES = readData(
  new URL('names.yaml', import.meta.url),
  z.strictObject({ given: bySex, surnames: z.array(z.string()), nicknames: bySex }),
)

/** Frequent given names by sex, the most frequent first. */
export const GIVEN: Readonly<Record<NamedSex, readonly string[]>> = NAMES.given

/** Frequent surnames, the most frequent first. */
export const SURNAMES: readonly string[] = NAMES.surnames

/** Draws one or two given names and two surnames, as people of `country` have them. */
export function makeName(random: Random, country: string, sex: NamedSex): PersonName {
  const own = profileOf(country).surnames
  const surname = (): string => (random.chance(0.3) ? random.pick(own) : random.pick(SURNAMES))
  return {
    given: random.sample(GIVEN[sex], random.chance(0.8) ? 2 : 1),
    surnames: [surname(), surname()],
  }
}

/** Draws a nickname, such as `El Chele`. */
export function makeNickname(random: Random, sex: NamedSex): string {
  return random.pick(NAMES.nicknames[sex])
}

/**
 * Returns the name of a woman who bears her husband's surname: `Ana López de Martínez`, or `Ana López viuda de Martínez`. It stands in the
 * place of her mother's surname.
 */
export function marry(random: Random, name: PersonName, country: string): PersonName {
  const [own = '', ...rest] = name.surnames
  const [husbands = rest[0] ?? own] = makeName(random, country, 'M').surnames
  const plain = husbands.replace(/^(de la|de los|del|de) /, '')
  return { given: name.given, surnames: [own, `${random.chance(0.15) ? 'viuda de' : 'de'} ${plain}`] }
}

/** Returns the complete name: given names, then surnames. */
export function fullName({ given, surnames }: PersonName): string {
  return [...given, ...surnames].join(' ')
}

/** Letters that a clerk abroad confuses. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/z\b/, 's'],
  [/^Jimé/, 'Gimé'],
  [/^Vás/, 'Báz'],
  [/^Her/, 'Er'],
  [/^Gir/, 'Jir'],
  [/^Wil/, 'Uil'],
  [/y$/, 'i'],
]

/** Writes a name as another country's clerk does: without accents, without a given name or a surname, or with a wrong letter. */
export function misspell(random: Random, name: PersonName): PersonName {
  const change = random.weighted({ NONE: 2, ACCENTS: 4, ONE_GIVEN: 3, ONE_SURNAME: 2, LETTERS: 3 })
  if (change === 'ONE_GIVEN') return { ...name, given: name.given.slice(0, 1) }
  if (change === 'ONE_SURNAME') return { ...name, surnames: name.surnames.slice(0, 1) }
  if (change === 'ACCENTS') return withoutAccents(name)
  if (change === 'LETTERS') return { given: name.given.map(respell), surnames: name.surnames.map(respell) }
  return name
}

/** Writes a name without accents and without the tilde of Ñ. */
export function withoutAccents({ given, surnames }: PersonName): PersonName {
  return { given: given.map(stripAccents), surnames: surnames.map(stripAccents) }
}

function stripAccents(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '')
}

function respell(word: string): string {
  const rule = SPELLINGS.find(([pattern]) => pattern.test(word))
  return rule === undefined ? word : word.replace(rule[0], rule[1])
}
