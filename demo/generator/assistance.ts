import type { Row } from '../importers/table.ts'
import { nearbyCase } from './cases.ts'
import { addDaysUpToLast } from './days.ts'
import { assistanceId, caseHead } from './ids.ts'
import { profileOf } from './profiles.ts'
import { makeRecordProvenance } from './provenance.ts'
import { createRandom, type Random } from './random.ts'
import { type GeneratorSettings, othersOf } from './settings.ts'

/** One made-up request for mutual legal assistance as rows of the domain `legal`. */
export interface AssistanceRows {
  readonly request: Row
  readonly concerns: readonly Row[]
}

/** How many cases there are for each request. */
const CASES_PER_REQUEST = 10

/** The country that a country asks when no other is generated. */
const NEIGHBOURS = ['MX', 'PA']

/** The instruments that requests rest on, each with its article on mutual assistance or joint investigations. */
const BASES: Readonly<Record<string, readonly (string | null)[]>> = {
  'UN:XVIII-12': ['18', '18', '19', '16', '13'],
  'UN:XVIII-12-a': [null, '10'],
  'UN:XVIII-12-b': [null, '10'],
  'UN:XVIII-12-c': [null, '13'],
  'UN:XVIII-14': ['46', '46', '49', '55'],
}

const MEASURES = [
  'TAKE_EVIDENCE',
  'SERVE_DOCUMENT',
  'SEARCH_SEIZE',
  'FREEZE_ASSETS',
  'BANK_RECORDS',
  'TRANSFER_PERSON',
  'JOINT_TEAM',
  'OTHER',
]

/** Returns the number of requests that a country makes. */
export function assistanceCount({ cases }: GeneratorSettings): number {
  return Math.ceil(cases / CASES_PER_REQUEST)
}

/**
 * Generates the request of this ordinal, counted from 1. The requests are about every tenth of the country's own cases, and about
 * cases of the requested country.
 */
export function makeAssistance(settings: GeneratorSettings, ordinal: number): AssistanceRows {
  const { country, seed } = settings
  const random = createRandom(seed, 'assistance', country, ordinal)
  const others = othersOf(settings)
  const isExample = ordinal === 1
  const requested = random.pick(others.length > 0 ? others : NEIGHBOURS.filter((code) => code !== country))
  const caseOrdinal = (ordinal - 1) * CASES_PER_REQUEST + 1
  const own = caseHead(settings, country, caseOrdinal)
  const basis = isExample ? 'UN:XVIII-12' : random.weighted(BASIS_WEIGHTS)
  const madeOn = addDaysUpToLast(own.filedOn, random.between(10, 300))
  const id = assistanceId(country, ordinal)
  const request = {
    id,
    requested_country: requested,
    requesting_authority: profileOf(country).authority,
    // One in fifty rests on a bilateral treaty that no participant of the demo has published.
    legal_basis_id: !isExample && random.chance(0.02) ? `${requested}:TRATADO-${country}` : basis,
    legal_basis_article: isExample ? '18' : random.pick(BASES[basis] ?? [null]),
    case_id: own.id,
    measures: random.sample(MEASURES, random.between(1, 3)),
    urgency: random.weighted({ ROUTINE: 7, URGENT: 3, IMMINENT_DANGER: 1 }),
    status: isExample ? 'GRANTED' : random.weighted(STATUS_WEIGHTS),
    ...makeRecordProvenance(random, country, madeOn),
  }
  const concerned = concernedCases(random, settings, isExample ? others : [], requested, caseOrdinal)
  return { request, concerns: concerned.map((case_id) => ({ mla_id: id, case_id })) }
}

const BASIS_WEIGHTS = {
  'UN:XVIII-12': 8,
  'UN:XVIII-12-a': 2,
  'UN:XVIII-12-b': 2,
  'UN:XVIII-12-c': 1,
  'UN:XVIII-14': 3,
} as const

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
  always: readonly string[],
  requested: string,
  ordinal: number,
): readonly string[] {
  const ids = new Set(always.map((country) => caseHead(settings, country, ordinal).id))
  if (settings.countries.includes(requested)) {
    for (let k = random.between(0, 2); k > 0; k--) ids.add(nearbyCase(random, settings, requested, ordinal))
  }
  return [...ids]
}
