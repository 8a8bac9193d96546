import type { Row } from '../importers/table.ts'
import { type CaseState, makeState } from './case-state.ts'
import { addDays, addDaysUpToLast } from './days.ts'
import { type CaseHead, caseHead } from './ids.ts'
import { fullName, makeName } from './names.ts'
import { makeParticipants } from './participants.ts'
import { CONDUCTS, type Conduct, labelOf, statuteOf } from './penal-codes.ts'
import { courtOf, type Place, profileOf } from './profiles.ts'
import { makeRecordProvenance } from './provenance.ts'
import { createRandom, type Random } from './random.ts'
import { type GeneratorSettings, othersOf } from './settings.ts'
import { makeWarrants } from './warrants.ts'

/** One made-up case as rows of the domain `cases`. */
export interface CaseRows {
  readonly file: Row
  readonly offences: readonly Row[]
  readonly warrants: readonly Row[]
  readonly participants: readonly Row[]
  readonly links: readonly Row[]
}

/** How many cases of each country name the example person. They are the country's first cases. */
const EXAMPLE_CASES = 3

/** Generates the case of this ordinal, counted from 1, in the settings' country. */
export function makeCase(settings: GeneratorSettings, ordinal: number): CaseRows {
  const { country, seed } = settings
  const random = createRandom(seed, 'case', country, ordinal)
  const isExample = ordinal <= EXAMPLE_CASES
  const head = caseHead(settings, country, ordinal)
  const { places } = profileOf(country)
  const place = places === null ? null : random.pick(places)
  const state = makeState(random)
  const conducts = makeConducts(random, country, isExample)
  const participants = makeParticipants(settings, { ordinal, head, state, conducts, isExample })
  return {
    file: fileRow(random, { settings, head, state, place, conducts, isExample }),
    offences: offenceRows(random, { settings, head, state, conducts }),
    warrants: makeWarrants(settings, { ordinal, head, place, subjects: participants.subjects }),
    participants: participants.rows,
    links: linkRows(random, settings, ordinal, head, isExample),
  }
}

/** Draws what a case is about, as indices in {@link CONDUCTS}. */
function makeConducts(random: Random, country: string, isExample: boolean): readonly number[] {
  const weights = Object.fromEntries(CONDUCTS.map(({ weight }, index) => [String(index), weight]))
  const count = Number(random.weighted({ '1': 12, '2': 6, '3': 2 }))
  const drawn = Array.from({ length: count }, () => Number(random.weighted(weights)))
  const organised = CONDUCTS.findIndex(({ iccs }) => iccs === '09051')
  const known = isExample ? [organised, ...drawn.filter((index) => statuteOf(country, index) !== null)] : drawn
  return [...new Set(known)]
}

interface FileFacts {
  readonly settings: GeneratorSettings
  readonly head: CaseHead
  readonly state: CaseState
  readonly place: Place | null
  readonly conducts: readonly number[]
  readonly isExample: boolean
}

function fileRow(random: Random, { settings, head, state, place, conducts, isExample }: FileFacts): Row {
  const { country } = settings
  const filedOn = isExample || random.chance(0.98) ? head.filedOn : null
  const closed = ['ADJUDICATED', 'ARCHIVED'].includes(state.status) && filedOn !== null
  const closedOn = closed ? addDaysUpToLast(head.filedOn, random.between(90, 900)) : null
  const atCourt = !['COMPLAINT', 'INVESTIGATION'].includes(state.category)
  const prosecutor = fullName(makeName(random, country, random.chance(0.5) ? 'F' : 'M'))
  const told = random.chance(0.6)
  return {
    id: head.id,
    tracking_id: isExample || random.chance(0.99) ? head.trackingId : null,
    category: state.category,
    status: state.status,
    filed_on: filedOn,
    closed_on: closedOn,
    subdivision: place?.code ?? null,
    court: atCourt ? courtOf(country, place) : null,
    prosecutor: state.category === 'COMPLAINT' ? null : prosecutor,
    narrative: told ? narrativeOf(country, place, conducts) : null,
    ...makeRecordProvenance(random, country, head.filedOn),
  }
}

function narrativeOf(country: string, place: Place | null, conducts: readonly number[]): string {
  const labels = conducts.flatMap((index) => conductLabel(country, index))
  return `Relato inventado para demostración: hechos denunciados en ${place?.town ?? profileOf(country).name}, calificados como ${labels.join(', ').toLowerCase()}.`
}

function conductLabel(country: string, index: number): readonly string[] {
  const conduct = CONDUCTS[index]
  return conduct === undefined ? [] : [labelOf(conduct, country)]
}

const DISPOSITIONS = { CONVICTED: 5, ACQUITTED: 2, DISMISSED: 1, WITHDRAWN: 1 } as const

function offenceRows(
  random: Random,
  facts: Pick<FileFacts, 'settings' | 'head' | 'state' | 'conducts'>,
): readonly Row[] {
  const { settings, head, state, conducts } = facts
  return conducts.flatMap((index, k) => {
    const conduct = CONDUCTS[index]
    return conduct === undefined ? [] : [offenceRow(random, { settings, head, state }, conduct, index, k)]
  })
}

function offenceRow(
  random: Random,
  { settings, head, state }: Pick<FileFacts, 'settings' | 'head' | 'state'>,
  conduct: Conduct,
  index: number,
  ordinal: number,
): Row {
  const from = addDays(head.filedOn, -random.between(0, 200))
  const decided = state.status === 'ADJUDICATED'
  return {
    case_id: head.id,
    ordinal,
    iccs: conduct.iccs,
    national_label: labelOf(conduct, settings.country),
    statute_id: statuteOf(settings.country, index),
    attempted: conduct.iccs === '0102' || (conduct.iccs !== '0101' && random.chance(0.05)),
    committed_from: from,
    committed_to:
      conduct.organised === true && random.chance(0.5) ? capAt(addDays(from, random.between(1, 180)), head) : from,
    organised_crime: conduct.organised === true ? random.chance(0.7) : random.chance(0.1) ? null : false,
    disposition: decided ? random.weighted(DISPOSITIONS) : state.status === 'ARCHIVED' ? 'DISMISSED' : 'PENDING',
  }
}

/** Draws the days of an offence. No offence ends after its case was filed. */
function capAt(day: string, { filedOn }: CaseHead): string {
  return day < filedOn ? day : filedOn
}

function linkRows(
  random: Random,
  settings: GeneratorSettings,
  ordinal: number,
  head: CaseHead,
  isExample: boolean,
): readonly Row[] {
  const others = othersOf(settings)
  const linked = new Set<string>()
  if (isExample) for (const other of others) linked.add(caseHead(settings, other, ordinal).id)
  if (random.chance(0.08)) linked.add(nearbyCase(random, settings, settings.country, ordinal))
  if (others.length > 0 && random.chance(0.06)) linked.add(nearbyCase(random, settings, random.pick(others), ordinal))
  linked.delete(head.id)
  return [...linked].map((id) => ({ case_id: head.id, linked_id: id }))
}

/** Draws the id of a case of `country` with an ordinal near `ordinal`. One in fifty does not exist. */
export function nearbyCase(random: Random, settings: GeneratorSettings, country: string, ordinal: number): string {
  const near = 1 + Math.abs(ordinal + random.between(-40, 40) - 1)
  const there = ((near - 1) % Math.max(1, settings.cases)) + 1
  return caseHead(settings, country, random.chance(0.02) ? 9_000_000 + near : there).id
}
