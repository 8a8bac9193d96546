import { findUncovered } from '../../../subgraphs/kit/row-watch.ts'
import type { Database, DomainModule } from '../../../subgraphs/kit/types.ts'
import { listDoubts, SERVED_TABLES } from '../../doubtful-values.ts'
import type { DatabaseContext } from '../context.ts'
import type { Finding } from '../finding.ts'
import { countEach } from './rows.ts'
import { sayTable } from './visibility.ts'

/** A person who only has a part in cases as a victim or witness. */
const ONLY_VICTIM = `not protected
  and exists (select from cases.participant part where part.person_id = person.id and part.role in ('WITNESS', 'VICTIM'))
  and not exists (select from cases.participant part where part.person_id = person.id and part.role not in ('WITNESS', 'VICTIM'))
  and not exists (select from cases.warrant warrant where warrant.subject_id = person.id)`

const WITHOUT_NAME = `not protected
  and not exists (select from persons.person_name named where named.person_id = person.id and cardinality(named.keys) > 0)`

/**
 * Checks what is derived from rows, or follows from them: what a node checks at each start (coverage.ts), and whether a search may find a
 * victim, or never finds a person.
 */
export async function checkDerived({ db, modules, options, now }: DatabaseContext): Promise<readonly Finding[]> {
  const findings = [...(await findUncoveredRows(db, modules))]
  const served = new Set<string>(modules.map(({ domain }) => domain))
  if (served.has('persons')) {
    const person = { table: 'persons.person', names: 'id', details: {} }
    const victim = {
      ...person,
      id: 'VICTIM_NOT_PROTECTED',
      place: 'persons.person.protected',
      condition: ONLY_VICTIM,
    } as const
    const doubts = listDoubts(SERVED_TABLES, new Date(now).toISOString().slice(0, 10))
    for (const { table, names, ...condition } of [
      { ...person, id: 'PERSON_NEVER_FOUND', place: 'persons.person', condition: WITHOUT_NAME } as const,
      ...(served.has('cases') ? [victim] : []),
      ...doubts.map((doubt) => ({ ...doubt, details: {} })),
    ]) {
      findings.push(...(await countEach(db, { table, names, most: options.examples }, [condition])))
    }
  }
  if (served.has('legal')) {
    const [coverage] = await db.query<{ found: boolean }>('select exists (select from legal.coverage) as found')
    if (coverage?.found !== true) findings.push({ id: 'COVERAGE_UNSAID', place: 'legal.coverage' })
  }
  return findings
}

/** Finds rows that what is derived from rows does not cover, so that a search would miss them. */
export async function findUncoveredRows(db: Database, modules: readonly DomainModule[]): Promise<readonly Finding[]> {
  const found = await Promise.all(modules.map(({ tables }) => (tables === undefined ? [] : findUncovered(db, tables))))
  return found.flat().map(({ table, says }) => ({
    id: 'DERIVED_UNCOVERED',
    place: table,
    details: { remedy: sayTable(says.remedy) },
  }))
}
