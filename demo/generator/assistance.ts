import { BASES, type Basis, INFORMATION, type Measure } from '../facts/assistance-bases.ts'
import type { Row } from '../importers/table.ts'
import type { ConductKey } from '../law/statutes.ts'
import { conductsOf, nearbyCase } from './cases.ts'
import { addDaysUpToLast } from './days.ts'
import { assistanceId, caseHead } from './ids.ts'
import { makeOpenProvenance, makeRecordProvenance, profileOf } from './profiles.ts'
import { createRandom, type Random } from './random.ts'
import { type GeneratorSettings, othersOf } from './settings.ts'
import {
  type InStory,
  ordinalOfCase,
  type StoryRequest,
  storyCase,
  storyCases,
  storyRequests,
} from './stories/stories.ts'
import { idOfStoryCase } from './stories/tell-case.ts'

/** One made-up request for mutual legal assistance as rows of the domain `legal`. */
export interface AssistanceRows {
  readonly request: Row
  readonly concerns: readonly Row[]
}

/** How many cases there are for each request outside the stories. */
const CASES_PER_REQUEST = 10

/** The country that a country asks when no other is generated. */
const NEIGHBOURS = ['MX', 'PA']

/** Returns the number of requests that a country makes: those of the stories first. None if there are no cases. */
export function assistanceCount({ cases, countries, country }: GeneratorSettings): number {
  const drawn = Math.ceil(Math.max(0, cases - storyCases(countries, country).length) / CASES_PER_REQUEST)
  return cases === 0 ? 0 : storyRequests(countries, country).length + drawn
}

/** Generates the request of this ordinal, counted from 1. */
export function makeAssistance(settings: GeneratorSettings, ordinal: number): AssistanceRows {
  const told = storyRequests(settings.countries, settings.country)[ordinal - 1]
  return told === undefined ? drawRequest(settings, ordinal) : tellRequest(settings, ordinal, told)
}

function tellRequest(
  settings: GeneratorSettings,
  ordinal: number,
  { story, it }: InStory<StoryRequest>,
): AssistanceRows {
  const { country, seed } = settings
  const random = createRandom(seed, 'story-request', country, ordinal)
  const own = ordinalOfCase(story, it.case)
  const id = assistanceId(country, ordinal)
  const basis = basisFor(it.measures[0] ?? 'OTHER', storyCase(story, it.case).conducts)
  const request = {
    id,
    requested_country: it.requested,
    requesting_authority: profileOf(country).authority,
    legal_basis_id: basis.instrument,
    legal_basis_article: basis.article,
    case_id: caseHead(settings, country, own.ordinal).id,
    measures: it.measures,
    urgency: it.urgency,
    status: it.status,
    ...makeOpenProvenance(random, country, it.madeOn),
  }
  const concerned = it.concerns.flatMap((key) => idOfStoryCase(settings, story, key) ?? [])
  return { request, concerns: concerned.map((case_id) => ({ mla_id: id, case_id })) }
}

/** The requests outside the stories are about every tenth of the country's own cases, and about cases of the requested country. */
function drawRequest(settings: GeneratorSettings, ordinal: number): AssistanceRows {
  const { country, seed } = settings
  const random = createRandom(seed, 'assistance', country, ordinal)
  const others = othersOf(settings)
  const requested = random.pick(others.length > 0 ? others : NEIGHBOURS.filter((code) => code !== country))
  const caseOrdinal = caseOf(settings, ordinal)
  const own = caseHead(settings, country, caseOrdinal)
  const measure = random.weighted(MEASURES)
  const basis = basisFor(measure, conductsOf(settings, country, caseOrdinal))
  const id = assistanceId(country, ordinal)
  const isBilateral = random.chance(0.02)
  const request = {
    id,
    requested_country: requested,
    requesting_authority: profileOf(country).authority,
    // One in fifty rests on a bilateral treaty that no participant of the demo has published. It is invented.
    legal_basis_id: isBilateral ? `${requested}:TRATADO-${country}` : basis.instrument,
    legal_basis_article: isBilateral ? null : basis.article,
    case_id: own.id,
    measures: measuresWith(random, measure),
    urgency: random.weighted({ ROUTINE: 7, URGENT: 3, IMMINENT_DANGER: 1 }),
    status: random.weighted(STATUS_WEIGHTS),
    ...makeRecordProvenance(random, country, addDaysUpToLast(own.filedOn, random.between(10, 300))),
  }
  const concerned = concernedCases(random, settings, requested, caseOrdinal)
  return { request, concerns: concerned.map((case_id) => ({ mla_id: id, case_id })) }
}

function caseOf({ countries, country }: GeneratorSettings, ordinal: number): number {
  const drawn = ordinal - storyRequests(countries, country).length
  return storyCases(countries, country).length + (drawn - 1) * CASES_PER_REQUEST + 1
}

const CORRUPTION: readonly ConductKey[] = ['BRIBERY', 'EMBEZZLEMENT', 'ILLICIT_ENRICHMENT']

/** Finds the article on which a measure rests in a case about this conduct: of UNCAC in cases of corruption, else of UNTOC. */
export function basisFor(measure: Measure, conducts: readonly ConductKey[]): Basis {
  const isCorruption = conducts.some((key) => CORRUPTION.includes(key))
  if (measure !== 'OTHER') return BASES[isCorruption ? 'UNCAC' : 'UNTOC'][measure]
  if (conducts.some((key) => key.startsWith('TRAFFICKING_'))) return INFORMATION.TRAFFICKING
  if (conducts.includes('MIGRANT_SMUGGLING')) return INFORMATION.MIGRANTS
  if (conducts.includes('ARMS_TRAFFICKING')) return INFORMATION.FIREARMS
  return isCorruption ? INFORMATION.CORRUPTION : INFORMATION.ANY
}

const MEASURES = {
  TAKE_EVIDENCE: 6,
  SERVE_DOCUMENT: 3,
  SEARCH_SEIZE: 3,
  BANK_RECORDS: 3,
  FREEZE_ASSETS: 3,
  TRANSFER_PERSON: 1,
  JOINT_TEAM: 1,
  OTHER: 3,
} as const satisfies Readonly<Record<Measure, number>>

/** The measures that article 18 of UNTOC and article 46 of UNCAC list together. A request for another measure asks for nothing else. */
const TOGETHER: readonly Measure[] = ['TAKE_EVIDENCE', 'SERVE_DOCUMENT', 'SEARCH_SEIZE', 'BANK_RECORDS']

function measuresWith(random: Random, first: Measure): readonly Measure[] {
  if (!TOGETHER.includes(first)) return [first]
  const more = random.sample(
    TOGETHER.filter((measure) => measure !== first),
    random.int(3),
  )
  return [first, ...more]
}

const STATUS_WEIGHTS = {
  DRAFT: 3,
  TRANSMITTED: 4,
  ACKNOWLEDGED: 3,
  MORE_INFO: 2,
  GRANTED: 2,
  PARTLY_EXECUTED: 2,
  EXECUTED: 4,
  REFUSED: 1,
  WITHDRAWN: 1,
} as const

function concernedCases(
  random: Random,
  settings: GeneratorSettings,
  requested: string,
  ordinal: number,
): readonly string[] {
  const ids = new Set<string>()
  if (settings.countries.includes(requested)) {
    for (let k = random.between(0, 2); k > 0; k--) ids.add(nearbyCase(random, settings, requested, ordinal))
  }
  return [...ids]
}
