import type { Row } from '../importers/table.ts'
import { addDays, addDaysUpToLast, LAST_DAY } from './days.ts'
import { type CaseHead, warrantId } from './ids.ts'
import { courtOf } from './profiles.ts'
import { makeRecordProvenance } from './provenance.ts'
import { createRandom, type Random } from './random.ts'
import type { GeneratorSettings } from './settings.ts'

/** The facts of a case that decide its warrants. */
export interface WarrantFacts {
  readonly ordinal: number
  readonly head: CaseHead
  /** Persons of any country. */
  readonly subjects: readonly string[]
}

/** Generates the warrants of a case: none or a few. Most of them are arrest warrants. */
export function makeWarrants(settings: GeneratorSettings, facts: WarrantFacts): readonly Row[] {
  const random = createRandom(settings.seed, 'warrants', settings.country, facts.ordinal)
  const count = facts.subjects.length === 0 ? 0 : Number(random.weighted({ '0': 12, '1': 6, '2': 2 }))
  return Array.from({ length: count }, (_, k) => warrantRow(random, settings, facts, k + 1))
}

function warrantRow(random: Random, { country }: GeneratorSettings, facts: WarrantFacts, index: number): Row {
  const { ordinal, head, subjects } = facts
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
    issuing_court: courtOf(country, head.place, 'INSTANCE'),
    subject_id: subject,
    extradition_requested: category === 'ARREST' ? random.chance(abroad ? 0.5 : 0.05) : null,
    ...makeRecordProvenance(random, country, issuedOn),
  }
}
