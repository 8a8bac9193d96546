import { addDays } from './days.ts'
import { personId } from './ids.ts'
import { makeName, type NamedSex, type PersonName } from './names.ts'
import { createRandom } from './random.ts'
import type { GeneratorSettings } from './settings.ts'

/**
 * Who is behind a record. Most persons are known to one country. In blocks of ten ordinals each country may have one slot for a
 * traveller: one made-up human whom two or more countries know, each under an id of its own. All of it follows from seed and
 * ordinal, so that each country finds the others' ids by itself.
 */
export interface Human {
  /** The name of its stream of random numbers. */
  readonly key: string
  readonly home: string
  readonly sex: NamedSex
  readonly name: PersonName
  readonly birthDate: string
  /** The other countries that know this human, with its id there. */
  readonly elsewhere: readonly { readonly country: string; readonly id: string }[]
  readonly recognition: Recognition
}

/** Why a person is in the records. All but ORDINARY are known only as victim, witness or minor: protected. */
export type Recognition = 'ORDINARY' | 'VICTIM_OR_WITNESS' | 'MINOR'

const BLOCK = 10

/** The home of the first traveller: GT where it takes part. */
export function exampleHome({ countries }: Pick<GeneratorSettings, 'countries'>): string {
  return countries.includes('GT') ? 'GT' : (countries[0] ?? 'GT')
}

/**
 * A person whom every generated country knows and who takes part in cases of each, with statutes, participants and requests for
 * assistance: the README's query asks about this one. Holds wherever GT is generated with one person and one case or more.
 */
export const EXAMPLE_PERSON_ID = 'GT:P-000001'

/** The id of the first traveller in the settings' country; {@link EXAMPLE_PERSON_ID} in GT. */
export function examplePersonId(settings: GeneratorSettings): string {
  return personId(settings.country, ordinalIn(settings, settings.country, 0))
}

/** The human behind a country's person of this ordinal, counted from 1. */
export function humanOf(settings: GeneratorSettings, country: string, ordinal: number): Human {
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

/** Why a country's person of this ordinal is in the records, without making the rest. */
export function recogniseCaller(settings: GeneratorSettings, country: string, ordinal: number): Recognition {
  const block = Math.floor((ordinal - 1) / BLOCK)
  const travels = ordinalIn(settings, country, block) === ordinal && knownIn(settings, block).includes(country)
  return travels ? 'ORDINARY' : localRecognition(settings, country, ordinal)
}

/** The countries that know the traveller of a block, home first; none where the block has no traveller. */
function knownIn(settings: GeneratorSettings, block: number): readonly string[] {
  const { countries, seed } = settings
  const random = createRandom(seed, 'traveller', block)
  const home = block === 0 ? exampleHome(settings) : random.pick(countries)
  const others = countries.filter((code) => code !== home)
  if (block === 0) return [home, ...others]
  return random.chance(0.6) ? [home, ...random.sample(others, random.chance(0.7) ? 1 : 2)] : []
}

/** The ordinal of a block's traveller in one country. */
function ordinalIn(settings: GeneratorSettings, country: string, block: number): number {
  if (block === 0 && country === exampleHome(settings)) return 1
  return block * BLOCK + 1 + createRandom(settings.seed, 'slot', country, block).int(BLOCK)
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
  // Ordinary persons are of age in every made-up case, minors in none.
  const birthDate =
    recognition === 'MINOR' ? day(random.int(3000), '2010-01-01') : day(random.int(18_000), '1951-01-01')
  return { key, home, sex, name, birthDate, elsewhere, recognition }
}

function day(days: number, from: string): string {
  return addDays(from, days)
}
