import type { Row } from '../importers/table.ts'
import { CONDUCTS, type ConductKey, conductOf } from '../law/conducts.ts'
import { chargeFor } from '../law/statutes.ts'
import type { CaseRows } from './case-rows.ts'
import { type CaseState, makeState, stageOf } from './case-state.ts'
import { addDays, addDaysUpToLast } from './days.ts'
import { type CaseHead, caseHead } from './ids.ts'
import { fullName, makeName } from './names.ts'
import { makeNarrative } from './narratives.ts'
import { makeParticipants } from './participants.ts'
import { agencyFor, courtOf, profileOf } from './profiles.ts'
import { makeRecordProvenance } from './provenance.ts'
import { createRandom, type Random } from './random.ts'
import { type GeneratorSettings, othersOf } from './settings.ts'
import { firstUntoldCase } from './stories/stories.ts'
import { tellCase } from './stories/tell-case.ts'
import { makeWarrants } from './warrants.ts'

/** Generates the case of this ordinal, counted from 1, in the settings' country. A country's first cases belong to stories. */
export function makeCase(settings: GeneratorSettings, ordinal: number): CaseRows {
  const told = tellCase(settings, ordinal)
  if (told !== undefined) return told
  const { country, seed } = settings
  const random = createRandom(seed, 'case', country, ordinal)
  const head = caseHead(settings, country, ordinal)
  const state = makeState(random)
  const conducts = conductsOf(settings, country, ordinal)
  const participants = makeParticipants(settings, { ordinal, head, state, conducts })
  const offences = offenceRows(random, { country, head, state, conducts })
  return {
    file: fileRow(random, { country, head, state, conducts, offences }),
    offences,
    warrants: makeWarrants(settings, { ordinal, head, subjects: participants.subjects }),
    participants: participants.rows,
    links: linkRows(random, settings, ordinal, head),
  }
}

/** Draws what a case outside the stories is about. */
export function conductsOf({ seed }: GeneratorSettings, country: string, ordinal: number): readonly ConductKey[] {
  const random = createRandom(seed, 'conducts', country, ordinal)
  const weights = Object.fromEntries(CONDUCTS.map(({ key, weight }) => [key, weight])) as Record<ConductKey, number>
  const count = Number(random.weighted({ '1': 12, '2': 6, '3': 2 }))
  return [...new Set(Array.from({ length: count }, () => random.weighted(weights)))]
}

interface CaseFacts {
  readonly country: string
  readonly head: CaseHead
  readonly state: CaseState
  readonly conducts: readonly ConductKey[]
}

function fileRow(random: Random, facts: CaseFacts & { readonly offences: readonly Row[] }): Row {
  const { country, head, state } = facts
  const filedOn = random.chance(0.98) ? head.filedOn : null
  const closed = ['ADJUDICATED', 'ARCHIVED'].includes(state.status) && filedOn !== null
  const closedOn = closed ? addDaysUpToLast(head.filedOn, random.between(90, 900)) : null
  const stage = stageOf(state.category)
  const prosecutor = fullName(makeName(random, country, random.chance(0.5) ? 'F' : 'M'))
  return {
    id: head.id,
    tracking_id: random.chance(0.99) ? head.trackingId : null,
    category: state.category,
    status: state.status,
    filed_on: filedOn,
    closed_on: closedOn,
    subdivision: head.place?.code ?? null,
    court: stage === null ? null : courtOf(country, head.place, stage),
    prosecutor: state.category === 'COMPLAINT' ? null : prosecutor,
    narrative: random.chance(0.6) ? narrativeOf(random, facts) : null,
    ...makeRecordProvenance(random, country, head.filedOn),
    ...agencyFor(country, facts.conducts),
  }
}

function narrativeOf(random: Random, facts: CaseFacts & { readonly offences: readonly Row[] }): string {
  const { country, head, conducts, offences } = facts
  return makeNarrative(random, {
    town: head.place?.town ?? profileOf(country).name,
    day: String(offences[0]?.committed_from ?? head.filedOn),
    conducts,
    labels: offences.map((row) => String(row.national_label)),
  })
}

const DISPOSITIONS = { CONVICTED: 5, ACQUITTED: 2, DISMISSED: 1, WITHDRAWN: 1 } as const

function offenceRows(random: Random, facts: CaseFacts): readonly Row[] {
  return facts.conducts.map((key, ordinal) => offenceRow(random, facts, key, ordinal))
}

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
export function nearbyCase(random: Random, settings: GeneratorSettings, country: string, ordinal: number): string {
  const first = firstUntoldCase(settings.countries, country)
  const near = Math.max(first, ordinal + random.between(-40, 40))
  const there = first + ((near - first) % Math.max(1, settings.cases - first + 1))
  return caseHead(settings, country, random.chance(0.02) ? 9_000_000 + near : there).id
}
