import { z } from 'zod'
import { type Identifier, recordedIdentifier } from '../../contract/identifiers.ts'
import { readData } from '../home.ts'
import type { Row } from '../importers/run-import.ts'
import { personId } from './ids.ts'
import { addDays, createRandom, fillTemplate, type Random } from './random.ts'
import {
  type GeneratorSettings,
  makeOpenProvenance,
  makeProvenance,
  makeRecordProvenance,
  othersOf,
  profileOf,
} from './settings.ts'
import { hasStories, STORY_PERSONS, type StoryCountry, type StoryPerson, storyPersonAt } from './stories/stories.ts'

const RELATIONSHIPS = ['familiar', 'pareja', 'socio', 'contacto telefónico', 'vecino', 'presunto cómplice']

/** The names of made-up criminal groups. */
const GROUPS = ['Los Zanates', 'Red del Jocote', 'Célula Pino Seco', 'Grupo Ceiba Caída', 'Los del Estero', 'La Recua']
const GROUP_ROLES = ['integrante', 'cobrador', 'enlace', 'financista', 'jefe de zona', null]

/** Generates the person of this ordinal, counted from 1, in the settings' country. */
export function makePerson(settings: GeneratorSettings, ordinal: number) {
  const { country, seed } = settings
  const id = personId(country, ordinal)
  const human = humanOf(settings, country, ordinal)
  const random = createRandom(seed, 'person', country, ordinal)
  const { told } = human
  const ordinary = human.recognition === 'ORDINARY'
  return {
    person: personRow(random, id, country, human),
    names: nameRows(random, id, country, human),
    identifiers: human.recognition === 'MINOR' ? [] : identifierRows(random, seed, id, country, human),
    addresses: random.chance(0.8) ? [addressRow(random, id, country)] : [],
    associates: ordinary ? associateRows(random, settings, ordinal) : [],
    memberships: told === undefined ? membershipRows(random, id, ordinary) : toldMembership(id, told),
    sameAs: human.elsewhere
      .filter(() => random.chance(0.85) || told !== undefined)
      .map((other) => ({ person_id: id, other_id: other.id })),
  }
}

function personRow(random: Random, id: string, country: string, human: Human): Row {
  const { places } = profileOf(human.home)
  const isLocal = human.recognition === 'ORDINARY' && human.elsewhere.length === 0 && human.told === undefined
  const isUnknown = isLocal && random.chance(0.04)
  const since = addDays('2021-01-01', random.int(1800))
  return {
    id,
    birth_date: isUnknown ? null : human.birthDate,
    birth_place: places !== undefined && random.chance(0.7) ? random.pick(places).town : null,
    sex: human.told === undefined && random.chance(0.01) ? 'U' : human.sex,
    nationalities: [human.home],
    protected: human.recognition !== 'ORDINARY',
    ...(human.told === undefined
      ? makeRecordProvenance(random, country, since)
      : makeOpenProvenance(random, country, since)),
  }
}

function nameRows(random: Random, id: string, country: string, human: Human): readonly Row[] {
  if (human.told !== undefined) return toldNames(id, country, human)
  const born = country === human.home ? human.name : misspell(random, human.name)
  const isMarried = human.sex === 'F' && human.recognition !== 'MINOR' && random.chance(0.12)
  const legal = isMarried ? marry(random, born, human.home) : born
  const rows: Row[] = [nameRow(id, 0, 'LEGAL', legal)]
  if (isMarried) rows.push(nameRow(id, rows.length, 'MAIDEN', born))
  if (human.recognition !== 'ORDINARY') return rows
  if (random.chance(0.15)) rows.push(nameRow(id, rows.length, 'ALIAS', makeName(random, human.home, human.sex)))
  if (random.chance(0.25)) rows.push(nicknameRow(id, rows.length, makeNickname(random, human.sex)))
  return rows
}

/** The names of a person of a story. A clerk abroad leaves out the accents, so that a search still finds the person. */
function toldNames(id: string, country: string, { home, name, told }: Human): readonly Row[] {
  const legal = nameRow(id, 0, 'LEGAL', country === home ? name : withoutAccents(name))
  return told?.nickname === undefined ? [legal] : [legal, nicknameRow(id, 1, told.nickname)]
}

function nicknameRow(person_id: string, ordinal: number, nickname: string): Row {
  return { person_id, ordinal, category: 'NICKNAME', full_name: nickname }
}

function nameRow(person_id: string, ordinal: number, category: string, name: PersonName): Row {
  return { person_id, ordinal, category, full_name: fullName(name), given_names: name.given, surnames: name.surnames }
}

function identifierRows(random: Random, seed: number, id: string, country: string, human: Human): readonly Row[] {
  const abroad = country !== human.home
  const held = [
    ...(abroad ? [] : [{ category: 'NATIONAL_ID', jurisdiction: human.home } as const]),
    ...(abroad || random.chance(0.35) ? [{ category: 'PASSPORT', jurisdiction: human.home } as const] : []),
    ...(abroad && random.chance(0.3) ? [{ category: 'RESIDENCE_PERMIT', jurisdiction: country } as const] : []),
    ...(!abroad && random.chance(0.15) ? [{ category: 'TAX_ID', jurisdiction: human.home } as const] : []),
  ]
  const documents = held.map(({ category, jurisdiction }, ordinal) => {
    const issuedOn = addDays('2015-01-01', random.int(3600))
    return {
      person_id: id,
      ordinal,
      category,
      jurisdiction,
      value: documentNumber(seed, human, category, jurisdiction),
      issued_on: issuedOn,
      expires_on: category === 'TAX_ID' ? null : addDays(issuedOn, 3652),
    }
  })
  const numbers = human.told === undefined ? heldNumbers(seed, human) : toldNumbers(country, human.told)
  return [
    ...documents,
    ...numbers.map((number, index) => ({
      person_id: id,
      ordinal: documents.length + index,
      category: number.category,
      jurisdiction: number.jurisdiction,
      value: recordedIdentifier(number),
      issued_on: null,
      expires_on: null,
    })),
  ]
}

/** The telephones, plates and the like of a human, the same in the records of each country. Those of a protected person are not recorded. */
function heldNumbers(seed: number, human: Human): readonly Identifier[] {
  if (human.recognition !== 'ORDINARY') return []
  const random = createRandom(seed, 'numbers', human.key)
  const held: readonly (readonly [MadeUpNumber, number])[] = [
    ['TELEPHONE', 0.4],
    ['EMAIL', 0.1],
    ['VEHICLE_PLATE', 0.15],
    ['DEVICE_IMEI', 0.05],
    ['BANK_ACCOUNT', 0.05],
  ]
  return held
    .filter(([, chance]) => random.chance(chance))
    .map(([category]) => ({ category, jurisdiction: human.home, value: madeUpNumber(seed, human, category) }))
}

function toldNumbers(country: string, { numbers = [] }: StoryPerson): readonly Identifier[] {
  return numbers.filter((number) => number.in.some((one) => one === country))
}

function addressRow(random: Random, id: string, country: string): Row {
  const { places, addresses, name } = profileOf(country)
  const place = places === undefined ? null : random.pick(places)
  const form = addresses.length === 1 ? addresses[0] : random.pick(addresses)
  return {
    person_id: id,
    ordinal: 0,
    line: fillTemplate(form ?? '', { town: place?.town ?? name }, random),
    subdivision: place?.code ?? null,
    country,
  }
}

function associateRows(random: Random, settings: GeneratorSettings, ordinal: number): readonly Row[] {
  const { country } = settings
  return Array.from(
    { length: random.weighted({ '0': 5, '1': 3, '2': 2 }) === '0' ? 0 : random.between(1, 2) },
    (_, k) => {
      const others = othersOf(settings)
      const where = others.length > 0 && random.chance(0.15) ? random.pick(others) : country
      const other = pickPerson(random, settings, {
        country: where,
        from: ordinal + 1,
        to: ordinal + 30,
        ordinary: true,
      })
      const relationship = random.pick(RELATIONSHIPS)
      const provenance = makeProvenance(random, country, addDays('2021-01-01', random.int(1800)))
      return {
        row_id: `A-${String(ordinal).padStart(6, '0')}-${k + 1}`,
        person_id: personId(country, ordinal),
        // Now and then the other country has removed the record, or never had it.
        associate_id: random.chance(0.02) ? personId(where, 9_000_000 + ordinal) : other,
        relationship,
        ...provenance,
      }
    },
  )
}

function toldMembership(person_id: string, { group }: StoryPerson): readonly Row[] {
  if (group === undefined) return []
  return [{ person_id, ordinal: 0, group_name: group.name, role: group.role, since: group.since, until: null }]
}

function membershipRows(random: Random, person_id: string, ordinary: boolean): readonly Row[] {
  return ordinary && random.chance(0.08) ? [membershipRow(random, person_id)] : []
}

function membershipRow(random: Random, person_id: string): Row {
  const since = addDays('2012-01-01', random.int(4000))
  return {
    person_id,
    ordinal: 0,
    group_name: random.pick(GROUPS),
    role: random.pick(GROUP_ROLES),
    since,
    until: random.chance(0.3) ? addDays(since, random.between(100, 1200)) : null,
  }
}

/**
 * Numbers of made-up documents, in each country's own style. None can belong to a real person: the check digits are wrong on
 * purpose, and a number without a check digit lies in a range that is not issued.
 */

/** A document's number. */
export type DocumentCategory = 'NATIONAL_ID' | 'PASSPORT' | 'TAX_ID' | 'RESIDENCE_PERMIT'

/** Returns the number of a human's document of `jurisdiction`. It is the same in the records of each country. */
export function documentNumber(seed: number, human: Human, category: DocumentCategory, jurisdiction: string): string {
  const random = createRandom(seed, 'document', human.key, category, jurisdiction)
  const { nationalId } = profileOf(jurisdiction)
  if (category === 'NATIONAL_ID' && nationalId !== undefined) {
    const birthYear = human.birthDate.slice(0, 4)
    const cui = () => withWrongCui(random.digits(8))
    const dui = () => withWrongDui(random.digits(8))
    return fillTemplate(nationalId, { birthYear, cui, dui }, random)
  }
  if (category === 'PASSPORT') return `X${random.digits(8)}`
  if (category === 'TAX_ID') return `${random.digits(8)}-X`
  if (category === 'RESIDENCE_PERMIT') return `RX-${random.digits(7)}`
  return `X-${random.digits(9)}`
}

/** Numbers that are not of documents. */
type MadeUpNumber = 'TELEPHONE' | 'EMAIL' | 'VEHICLE_PLATE' | 'DEVICE_IMEI' | 'BANK_ACCOUNT'

/** Returns a human's number. None can be a real one: telephones begin with a digit that is not issued, plates have vowels, and IMEI and IBAN fail their check. */
function madeUpNumber(seed: number, human: Human, category: MadeUpNumber): string {
  const random = createRandom(seed, 'number', human.key, category)
  switch (category) {
    case 'TELEPHONE':
      return `1${random.digits(7)}`
    case 'EMAIL':
      return `persona.${random.digits(6)}@example.org`
    case 'VEHICLE_PLATE':
      return `P${random.digits(3)}AEI`
    case 'DEVICE_IMEI':
      return `00${random.digits(12)}0`
    case 'BANK_ACCOUNT':
      return `${human.home}00TEST${random.digits(16)}`
  }
}

/** Makes a number in the form of Guatemala's CUI: eight digits and a check digit (weights 2 to 9, modulo 11) that is wrong. */
function withWrongCui(digits: string): string {
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index + 2), 0)
  return digits + (((sum % 11) + 1) % 10)
}

/** Makes a number in the form of El Salvador's DUI: eight digits and a check digit (weights 9 to 2, modulo 10) that is wrong. */
function withWrongDui(digits: string): string {
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (9 - index), 0)
  const right = (10 - (sum % 10)) % 10
  return `${digits}-${(right + 1) % 10}`
}

/**
 * The humans behind the records. Most are known to one country. In each block of ten ordinals, a country may have one slot for a
 * traveller: a made-up human whom two or more countries know, each under an id of its own. Everything follows from the seed and the
 * ordinal, so that each country can compute the other countries' ids.
 */
interface Human {
  /** The name of the human's stream of random numbers. */
  readonly key: string
  readonly home: string
  readonly sex: NamedSex
  readonly name: PersonName
  readonly birthDate: string
  /** The other countries that know this human, with the id there. */
  readonly elsewhere: readonly { readonly country: string; readonly id: string }[]
  readonly recognition: Recognition
  /** The person of a story behind the human, if there is one. */
  readonly told?: StoryPerson
}

/** Why a person is in the records. All but ORDINARY are protected: known only as a victim, a witness or a minor. */
export type Recognition = 'ORDINARY' | 'VICTIM_OR_WITNESS' | 'MINOR'

const BLOCK = 10

/**
 * The person whom README's question asks about, under the id of the person's home. Cases of GT, HN and SV name the person. The generator
 * makes this person if GT, HN and SV take part with at least one person and one case.
 */
export const EXAMPLE_PERSON_ID = 'GT:P-000001'

/** Returns the human behind a country's person of this ordinal, counted from 1. */
function humanOf(settings: GeneratorSettings, country: string, ordinal: number): Human {
  const told = storyPersonAt(settings.countries, country, ordinal)
  if (told !== undefined) return toldHuman(settings, country, told)
  const block = Math.floor((ordinal - 1) / BLOCK)
  const countries = knownIn(settings, block)
  if (countries.includes(country) && ordinalIn(settings, country, block) === ordinal) {
    const elsewhere = countries
      .filter((code) => code !== country && ordinalIn(settings, code, block) <= settings.persons)
      .map((code) => ({ country: code, id: personId(code, ordinalIn(settings, code, block)) }))
    return makeHuman(settings, `traveller-${block}`, countries[0] ?? country, 'ORDINARY', elsewhere)
  }
  return makeHuman(settings, `${country}-${ordinal}`, country, localRecognition(settings, country, ordinal), [])
}

/**
 * Returns why a country's person of this ordinal is in the records, without generating the person. `TOLD`: the person belongs to a story,
 * and takes part in no case outside it.
 */
export function recognise(settings: GeneratorSettings, country: string, ordinal: number): Recognition | 'TOLD' {
  if (storyPersonAt(settings.countries, country, ordinal) !== undefined) return 'TOLD'
  const block = Math.floor((ordinal - 1) / BLOCK)
  const travels = ordinalIn(settings, country, block) === ordinal && knownIn(settings, block).includes(country)
  return travels ? 'ORDINARY' : localRecognition(settings, country, ordinal)
}

function toldHuman({ persons }: GeneratorSettings, country: string, told: StoryPerson): Human {
  const ordinals = Object.entries(told.ordinals) as [StoryCountry, number][]
  const elsewhere = ordinals
    .filter(([code, ordinal]) => code !== country && ordinal <= persons)
    .map(([code, ordinal]) => ({ country: code, id: personId(code, ordinal) }))
  const { home, sex, given, surnames, birthDate, key } = told
  return {
    key: `story-${key}`,
    home,
    sex,
    name: { given, surnames },
    birthDate,
    elsewhere,
    recognition: 'ORDINARY',
    told,
  }
}

/** Returns the countries that know the traveller of a block, home first; none if the block has no traveller, or belongs to the stories. */
function knownIn({ countries, seed }: GeneratorSettings, block: number): readonly string[] {
  if (hasStories(countries) && block * BLOCK < STORY_PERSONS) return []
  const random = createRandom(seed, 'traveller', block)
  const home = random.pick(countries)
  const others = countries.filter((code) => code !== home)
  return random.chance(0.6) ? [home, ...random.sample(others, random.chance(0.7) ? 1 : 2)] : []
}

/** Returns the ordinal of a block's traveller in one country. */
function ordinalIn({ seed }: GeneratorSettings, country: string, block: number): number {
  return block * BLOCK + 1 + createRandom(seed, 'slot', country, block).int(BLOCK)
}

function localRecognition({ seed }: GeneratorSettings, country: string, ordinal: number): Recognition {
  return createRandom(seed, 'standing', country, ordinal).weighted({ ORDINARY: 68, VICTIM_OR_WITNESS: 26, MINOR: 6 })
}

function makeHuman(
  { seed }: GeneratorSettings,
  key: string,
  home: string,
  recognition: Recognition,
  elsewhere: Human['elsewhere'],
): Human {
  const random = createRandom(seed, 'human', key)
  const sex = random.chance(recognition === 'ORDINARY' ? 0.22 : 0.6) ? 'F' : 'M'
  const name = makeName(random, home, sex)
  // Ordinary persons are adults in every made-up case. Minors are adults in none.
  const birthDate =
    recognition === 'MINOR' ? addDays('2010-01-01', random.int(3000)) : addDays('1951-01-01', random.int(18_000))
  return { key, home, sex, name, birthDate, elsewhere, recognition }
}

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

/** Names of made-up persons: random combinations of the region's frequent given names and surnames. */

/** A name as one country's records write it. */
interface PersonName {
  readonly given: readonly string[]
  /** The father's surname, then the mother's. */
  readonly surnames: readonly string[]
}

/** The sexes that have lists of given names. A record may still say that the sex is unknown. */
type NamedSex = 'F' | 'M'

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
function makeNickname(random: Random, sex: NamedSex): string {
  return random.pick(NAMES.nicknames[sex])
}

/**
 * Returns the name of a woman who bears her husband's surname: `Ana López de Martínez`, or `Ana López viuda de Martínez`. It stands in the
 * place of her mother's surname.
 */
function marry(random: Random, name: PersonName, country: string): PersonName {
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
function misspell(random: Random, name: PersonName): PersonName {
  const change = random.weighted({ NONE: 2, ACCENTS: 4, ONE_GIVEN: 3, ONE_SURNAME: 2, LETTERS: 3 })
  if (change === 'ONE_GIVEN') return { ...name, given: name.given.slice(0, 1) }
  if (change === 'ONE_SURNAME') return { ...name, surnames: name.surnames.slice(0, 1) }
  if (change === 'ACCENTS') return withoutAccents(name)
  if (change === 'LETTERS') return { given: name.given.map(respell), surnames: name.surnames.map(respell) }
  return name
}

/** Writes a name without accents and without the tilde of Ñ. */
function withoutAccents({ given, surnames }: PersonName): PersonName {
  return { given: given.map(stripAccents), surnames: surnames.map(stripAccents) }
}

function stripAccents(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '')
}

function respell(word: string): string {
  const rule = SPELLINGS.find(([pattern]) => pattern.test(word))
  return rule === undefined ? word : word.replace(rule[0], rule[1])
}
