import { profileOf } from './profiles.ts'
import type { Random } from './random.ts'

/** Names of made-up persons: frequent given names and surnames of the region, put together by chance. */

/** A name as it is written in one country's records. */
export interface PersonName {
  readonly given: readonly string[]
  /** Father's and mother's. */
  readonly surnames: readonly string[]
}

/** The sexes that names are given by; a record may still say that the sex is unknown. */
export type NamedSex = 'F' | 'M'

const list = (text: string): readonly string[] => text.split(' ')

const GIVEN: Readonly<Record<NamedSex, readonly string[]>> = {
  F: list(
    'María Ana Rosa Carmen Glenda Karla Wendy Sonia Marta Blanca Ingrid Claudia Delmy Yesenia Lorena Mirna Brenda Silvia ' +
      'Patricia Sandra Gladys Reina Norma Suyapa Evelyn Jaqueline Beatriz Verónica Irma Flor',
  ),
  M: list(
    'José Juan Carlos Luis Mario Óscar Edwin Walter Héctor Jorge Selvin Wilmer Marvin Rigoberto Santos Elmer Nelson Rolando ' +
      'Byron Erick Víctor Hugo Alexander Antonio Francisco Manuel Ángel René Melvin Germán',
  ),
}

const SURNAMES = list(
  'García Hernández López Martínez Pérez González Rodríguez Ramírez Flores Reyes Cruz Morales Gómez Díaz Vásquez Castillo Rivera ' +
    'Ortiz Mendoza Aguilar Jiménez Romero Castro Guzmán Alvarado Méndez Ramos Lemus Peña Núñez Escobar Orellana Salazar Muñoz ' +
    'Villatoro Cáceres Ibáñez Zelada Girón Estrada',
)

const NICKNAMES: Readonly<Record<NamedSex, readonly string[]>> = {
  F: ['La Chele', 'La Seca', 'La Güicha', 'La Colocha', 'La Doña', 'La Canche', 'La Chispa', 'La Paloma'],
  M: [
    'El Chele',
    'El Canche',
    'El Colocho',
    'El Seco',
    'El Tuerto',
    'El Zurdo',
    'El Chino',
    'El Pelón',
    'El Garrobo',
    'El Cuche',
    'El Flaco',
    'El Tecolote',
  ],
}

/** One or two given names and two surnames, as people of `country` have. */
export function makeName(random: Random, country: string, sex: NamedSex): PersonName {
  const own = profileOf(country).surnames
  const surname = (): string => (random.chance(0.3) ? random.pick(own) : random.pick(SURNAMES))
  return {
    given: random.sample(GIVEN[sex], random.chance(0.8) ? 2 : 1),
    surnames: [surname(), surname()],
  }
}

/** What somebody is called, `El Chele`. */
export function makeNickname(random: Random, sex: NamedSex): string {
  return random.pick(NICKNAMES[sex])
}

/** Given names, then surnames. */
export function fullName({ given, surnames }: PersonName): string {
  return [...given, ...surnames].join(' ')
}

/** Letters that a clerk abroad writes for one another. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/z\b/, 's'],
  [/^Jimé/, 'Gimé'],
  [/^Vás/, 'Báz'],
  [/^Her/, 'Er'],
  [/^Gir/, 'Jir'],
  [/^Wil/, 'Uil'],
  [/y$/, 'i'],
]

/** The same name as another country's clerk wrote it: accents lost, a given name or a surname left out, a letter for another. */
export function misspell(random: Random, name: PersonName): PersonName {
  const change = random.weighted({ NONE: 2, ACCENTS: 4, ONE_GIVEN: 3, ONE_SURNAME: 2, LETTERS: 3 })
  if (change === 'ONE_GIVEN') return { ...name, given: name.given.slice(0, 1) }
  if (change === 'ONE_SURNAME') return { ...name, surnames: name.surnames.slice(0, 1) }
  if (change === 'ACCENTS') return withoutAccents(name)
  if (change === 'LETTERS') return { given: name.given.map(respell), surnames: name.surnames.map(respell) }
  return name
}

/** The same name without accents and the tilde of Ñ. */
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
