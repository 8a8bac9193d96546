import { BASES, type Basis, INFORMATION, type Measure } from '../facts/facts.ts'
import type { Row } from '../importers/run-import.ts'
import { CONDUCTS, type ConductKey, chargeFor, conductOf } from '../law/statutes.ts'
import { assistanceId, type CaseHead, caseHead, personId, warrantId } from './ids.ts'
import { fullName, makeName, pickPerson } from './persons.ts'
import { addDays, addDaysUpToLast, createRandom, LAST_DAY, type Random } from './random.ts'
import {
  agencyFor,
  courtOf,
  type GeneratorSettings,
  makeOpenProvenance,
  makeRecordProvenance,
  othersOf,
  profileOf,
} from './settings.ts'
import {
  firstUntoldCase,
  type InStory,
  ordinalOfCase,
  type StoryRequest,
  storyCase,
  storyCases,
  storyRequests,
} from './stories/stories.ts'
import { type CaseRows, idOfStoryCase, makeNarrative, tellCase } from './stories/tell-case.ts'

/** Generates the case of this ordinal, counted from 1, in the settings' country. A country's first cases belong to stories. */
export function makeCase(settings: GeneratorSettings, ordinal: number): CaseRows {
  const told = tellCase(settings, ordinal)
  if (told !== undefined) return told
  const { country, seed } = settings
  const random = createRandom(seed, 'case', country, ordinal)
  const head = caseHead(settings, country, ordinal)
  const state = makeState(random)
  const conducts = conductsOf(settings, country, ordinal)
  const facts = { country, ordinal, head, state, conducts }
  const participants = makeParticipants(settings, facts)
  const offences = conducts.map((key, index) => offenceRow(random, facts, key, index))
  return {
    file: fileRow(random, facts, offences),
    offences,
    warrants: makeWarrants(settings, facts, participants.subjects),
    participants: participants.rows,
    links: linkRows(random, settings, ordinal, head),
  }
}

/** Draws what a case outside the stories is about. */
function conductsOf({ seed }: GeneratorSettings, country: string, ordinal: number): readonly ConductKey[] {
  const random = createRandom(seed, 'conducts', country, ordinal)
  const weights = Object.fromEntries(CONDUCTS.map(({ key, weight }) => [key, weight])) as Record<ConductKey, number>
  const count = Number(random.weighted({ '1': 12, '2': 6, '3': 2 }))
  return [...new Set(Array.from({ length: count }, () => random.weighted(weights)))]
}

/** What decides the rows of a case. */
interface CaseFacts {
  readonly country: string
  readonly ordinal: number
  readonly head: CaseHead
  readonly state: CaseState
  readonly conducts: readonly ConductKey[]
}

function fileRow(random: Random, facts: CaseFacts, offences: readonly Row[]): Row {
  const { country, head, state } = facts
  const filedOn = random.chance(0.98) ? head.filedOn : null
  const closed = ['ADJUDICATED', 'ARCHIVED'].includes(state.status) && filedOn !== null
  const closedOn = closed ? addDaysUpToLast(head.filedOn, random.between(90, 900)) : null
  const prosecutor = fullName(makeName(random, country, random.chance(0.5) ? 'F' : 'M'))
  return {
    id: head.id,
    tracking_id: random.chance(0.99) ? head.trackingId : null,
    category: state.category,
    status: state.status,
    filed_on: filedOn,
    closed_on: closedOn,
    subdivision: head.place?.code ?? null,
    court: courtOf(country, head.place, state.category),
    prosecutor: state.category === 'COMPLAINT' ? null : prosecutor,
    narrative: random.chance(0.6) ? narrativeOf(random, facts, offences) : null,
    ...makeRecordProvenance(random, country, head.filedOn),
    ...agencyFor(country, facts.conducts),
  }
}

function narrativeOf(random: Random, { country, head, conducts }: CaseFacts, offences: readonly Row[]): string {
  return makeNarrative(random, {
    town: head.place?.town ?? profileOf(country).name,
    day: String(offences[0]?.committed_from ?? head.filedOn),
    conducts,
    labels: offences.map((row) => String(row.national_label)),
  })
}

const DISPOSITIONS = { CONVICTED: 5, ACQUITTED: 2, DISMISSED: 1, WITHDRAWN: 1 } as const

function offenceRow(random: Random, { country, head, state }: CaseFacts, key: ConductKey, ordinal: number): Row {
  const { iccs, label, organised } = conductOf(key)
  const from = addDays(head.filedOn, -random.between(0, 200))
  const charge = chargeFor(country, key, from)
  const decided = state.status === 'ADJUDICATED'
  return {
    case_id: head.id,
    ordinal,
    iccs,
    national_label: charge?.heading ?? label,
    statute_id: charge?.statuteId ?? null,
    attempted: iccs === '0102' || (iccs !== '0101' && random.chance(0.05)),
    committed_from: from,
    committed_to: organised && random.chance(0.5) ? capAt(addDays(from, random.between(1, 180)), head) : from,
    organised_crime: organised ? random.chance(0.7) : random.chance(0.1) ? null : false,
    disposition: decided ? random.weighted(DISPOSITIONS) : state.status === 'ARCHIVED' ? 'DISMISSED' : 'PENDING',
  }
}

/** Limits the days of an offence. No offence ends after its case was filed. */
function capAt(day: string, { filedOn }: CaseHead): string {
  return day < filedOn ? day : filedOn
}

function linkRows(random: Random, settings: GeneratorSettings, ordinal: number, head: CaseHead): readonly Row[] {
  const others = othersOf(settings)
  const linked = new Set<string>()
  if (random.chance(0.08)) linked.add(nearbyCase(random, settings, settings.country, ordinal))
  if (others.length > 0 && random.chance(0.06)) linked.add(nearbyCase(random, settings, random.pick(others), ordinal))
  linked.delete(head.id)
  return [...linked].map((id) => ({ case_id: head.id, linked_id: id }))
}

/**
 * Draws the id of a case of `country` with an ordinal near `ordinal`. One in fifty does not exist. Never a case of a story: what hangs on
 * such a case is in the story, whatever the settings.
 */
function nearbyCase(random: Random, settings: GeneratorSettings, country: string, ordinal: number): string {
  const first = firstUntoldCase(settings.countries, country)
  const near = Math.max(first, ordinal + random.between(-40, 40))
  const there = first + ((near - first) % Math.max(1, settings.cases - first + 1))
  return caseHead(settings, country, random.chance(0.02) ? 9_000_000 + near : there).id
}

/** The progress of a made-up case: a category, and a status that fits it. */

const STATUSES = {
  COMPLAINT: { OPEN: 4, ARCHIVED: 2, SUSPENDED: 1 },
  INVESTIGATION: { OPEN: 6, SUSPENDED: 1, ARCHIVED: 2 },
  PROSECUTION: { CHARGED: 5, SUSPENDED: 1 },
  COURT: { IN_TRIAL: 5, ADJUDICATED: 4, SUSPENDED: 1 },
  APPEAL: { IN_TRIAL: 2, ADJUDICATED: 3 },
  ASSET_FORFEITURE: { OPEN: 2, IN_TRIAL: 1, ADJUDICATED: 1 },
} as const

/** A case's category and status, in the form of its row. */
interface CaseState {
  readonly category: keyof typeof STATUSES
  readonly status: string
}

/** Draws the state of a case. Each state is as frequent as in practice. */
function makeState(random: Random): CaseState {
  const category = random.weighted({
    COMPLAINT: 3,
    INVESTIGATION: 8,
    PROSECUTION: 5,
    COURT: 6,
    APPEAL: 2,
    ASSET_FORFEITURE: 1,
  })
  return { category, status: random.weighted<string>(STATUSES[category]) }
}

/** About how many cases there are for each person. The cases of one person have ordinals near one another. */
const CASES_PER_PERSON = 3

/** A case's persons have ordinals around the case's own, up to this distance on either side. */
const REACH = 40

/**
 * Victims and witnesses never have a row of another role in the same case.
 * @returns the rows, and the ids of the persons whom a warrant may name.
 */
function makeParticipants(settings: GeneratorSettings, facts: CaseFacts) {
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

function makeSubjects(random: Random, settings: GeneratorSettings, facts: CaseFacts): readonly Part[] {
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
  { ordinal, conducts }: CaseFacts,
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

/**
 * Generates the warrants of a case: none or a few. Most of them are arrest warrants.
 * @param subjects persons of any country.
 */
function makeWarrants(settings: GeneratorSettings, facts: CaseFacts, subjects: readonly string[]): readonly Row[] {
  const random = createRandom(settings.seed, 'warrants', settings.country, facts.ordinal)
  const count = subjects.length === 0 ? 0 : Number(random.weighted({ '0': 12, '1': 6, '2': 2 }))
  return Array.from({ length: count }, (_, k) => warrantRow(random, facts, subjects, k + 1))
}

function warrantRow(random: Random, facts: CaseFacts, subjects: readonly string[], index: number): Row {
  const { country, ordinal, head } = facts
  const category = random.weighted({ ARREST: 6, SEARCH: 3, SURVEILLANCE: 1, FREEZING: 1 })
  const issuedOn = addDaysUpToLast(head.filedOn, random.int(200))
  const expiresOn = random.chance(0.6) ? addDays(issuedOn, random.between(30, 1500)) : null
  const over = expiresOn !== null && expiresOn <= LAST_DAY
  const subject = category === 'ARREST' || random.chance(0.6) ? random.pick(subjects) : null
  const abroad = subject !== null && !subject.startsWith(`${country}:`)
  return {
    id: warrantId(country, ordinal, index),
    case_id: head.id,
    category,
    status: random.weighted({ ACTIVE: over ? 0 : 5, EXECUTED: 3, RECALLED: 1, EXPIRED: over ? 4 : 0 }),
    issued_on: issuedOn,
    expires_on: expiresOn,
    issuing_court: courtOf(country, head.place, 'PROSECUTION'),
    subject_id: subject,
    extradition_requested: category === 'ARREST' ? random.chance(abroad ? 0.5 : 0.05) : null,
    ...makeRecordProvenance(random, country, issuedOn),
  }
}

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
