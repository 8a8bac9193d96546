import { addDays } from './days.ts'
import { personId } from './ids.ts'
import { makeName, type NamedSex, type PersonName } from './names.ts'
import { createRandom, type Random } from './random.ts'
import type { GeneratorSettings } from './settings.ts'
import { hasStories, STORY_PERSONS, type StoryCountry, type StoryPerson, storyPersonAt } from './stories/stories.ts'

/**
 * The humans behind the records. Most are known to one country. In each block of ten ordinals, a country may have one slot for a
 * traveller: a made-up human whom two or more countries know, each under an id of its own. Everything follows from the seed and the
 * ordinal, so that each country can compute the other countries' ids.
 */
export interface Human {
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
export function humanOf(settings: GeneratorSettings, country: string, ordinal: number): Human {
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
