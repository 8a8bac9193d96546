import type { Row } from '../importers/table.ts'
import { type ConductKey, conductOf } from '../law/conducts.ts'
import type { CaseState } from './case-state.ts'
import { addDays } from './days.ts'
import { type CaseHead, personId } from './ids.ts'
import { pickPerson } from './pick-person.ts'
import { createRandom, type Random } from './random.ts'
import { type GeneratorSettings, othersOf } from './settings.ts'
import { firstUntoldCase } from './stories/stories.ts'

/** The participants of a case: their rows, and the ids of the persons whom a warrant may name. */
export interface Participants {
  readonly rows: readonly Row[]
  readonly subjects: readonly string[]
}

/** The facts of a case that decide who takes part in it. */
export interface ParticipantFacts {
  readonly ordinal: number
  readonly head: CaseHead
  readonly state: CaseState
  readonly conducts: readonly ConductKey[]
}

/** About how many cases there are for each person. The cases of one person have ordinals near one another. */
const CASES_PER_PERSON = 3

/** A case's persons have ordinals around the case's own, up to this distance on either side. */
const REACH = 40

/** Victims and witnesses never have a row of another role in the same case. */
export function makeParticipants(settings: GeneratorSettings, facts: ParticipantFacts): Participants {
  const random = streamOf(settings, facts.ordinal)
  const subjects = makeSubjects(random, settings, facts)
  const known = new Set(subjects.flatMap(({ id }) => (id === null ? [] : [id])))
  const victims = makeVictims(random, settings, facts, known)
  const rows = [...subjects, ...victims].map(({ role, id }, k) => {
    const since = addDays(facts.head.filedOn, random.int(60))
    return {
      row_id: `PT-${String(facts.ordinal).padStart(7, '0')}-${k + 1}`,
      case_id: facts.head.id,
      role,
      person_id: id,
      since,
      until: random.chance(0.1) ? addDays(since, random.between(30, 400)) : null,
    }
  })
  return { rows, subjects: [...known] }
}

interface Part {
  readonly role: string
  /** Null: a person who is not identified yet. */
  readonly id: string | null
}

function makeSubjects(random: Random, settings: GeneratorSettings, facts: ParticipantFacts): readonly Part[] {
  const ids = drawSubjects(random, settings, facts.ordinal)
  return ids.map((id) => ({ role: roleOf(random, facts.state), id }))
}

/** The first draws of a case's stream: whom it names as a subject. They do not depend on anything else in the case. */
function drawSubjects(random: Random, settings: GeneratorSettings, ordinal: number): readonly Part['id'][] {
  const ids = new Set<string | null>()
  const count = Number(random.weighted({ '0': 1, '1': 10, '2': 5, '3': 2, '4': 1 }))
  for (let k = 0; k < count; k++) ids.add(random.chance(0.02) ? null : pickSubject(random, settings, ordinal))
  return [...ids]
}

const streamOf = ({ seed, country }: GeneratorSettings, ordinal: number): Random =>
  createRandom(seed, 'participants', country, ordinal)

function pickSubject(random: Random, settings: GeneratorSettings, ordinal: number): string | null {
  const others = othersOf(settings)
  const country = others.length > 0 && random.chance(0.08) ? random.pick(others) : settings.country
  // A record that its country has removed since, or never had.
  if (random.chance(0.01)) return absentPerson(country, ordinal)
  return pickPerson(random, settings, { country, ...around(ordinal), ordinary: true })
}

const absentPerson = (country: string, ordinal: number): string => personId(country, 9_000_000 + ordinal)

function around(ordinal: number): { readonly from: number; readonly to: number } {
  const middle = Math.ceil(ordinal / CASES_PER_PERSON)
  return { from: Math.max(1, middle - REACH), to: middle + REACH }
}

function roleOf(random: Random, { category, status }: CaseState): string {
  if (category === 'COMPLAINT') return 'SUBJECT'
  if (category === 'INVESTIGATION' || category === 'ASSET_FORFEITURE')
    return random.weighted({ SUSPECT: 4, SUBJECT: 1 })
  return status === 'ADJUDICATED' ? random.weighted({ CONVICTED: 3, ACCUSED: 1 }) : 'ACCUSED'
}

function makeVictims(
  random: Random,
  settings: GeneratorSettings,
  { ordinal, conducts }: ParticipantFacts,
  subjects: ReadonlySet<string>,
): readonly Part[] {
  const hasVictim = conducts.some((key) => conductOf(key).victim)
  const roles = [...(hasVictim && random.chance(0.75) ? ['VICTIM'] : []), ...(random.chance(0.15) ? ['WITNESS'] : [])]
  const ids = new Set<string>()
  return roles.flatMap((role) => {
    const id = random.chance(0.15)
      ? pickEarlierSubject(random, settings, ordinal)
      : pickPerson(random, settings, { country: settings.country, ...around(ordinal), ordinary: false })
    if (id === null || subjects.has(id) || ids.has(id)) return []
    ids.add(id)
    return [{ role, id }]
  })
}

/**
 * Draws a person of the country whom one of the cases before this one names as a subject. Only such a person can be a victim without being
 * protected: whoever is only a victim or a witness is protected. An earlier case, because how many cases follow must change no record.
 */
function pickEarlierSubject(random: Random, settings: GeneratorSettings, ordinal: number): string | null {
  const { country, countries } = settings
  const nearest = Math.max(firstUntoldCase(countries, country), ordinal - REACH)
  if (nearest >= ordinal) return null
  const earlier = random.between(nearest, ordinal - 1)
  const absent = absentPerson(country, earlier)
  const named = drawSubjects(streamOf(settings, earlier), settings, earlier).filter((id) => id !== null)
  const own = named.filter((id) => id.startsWith(`${country}:`) && id !== absent)
  return own.length === 0 ? null : random.pick(own)
}
