import { isMinorOn } from '../doubtful-values.ts'
import { isShrinking } from './guard-shrink.ts'
import type { FilledKind } from './kinds.ts'
import { isGone, type MergedRun } from './merge.ts'
import { foreseenProtection } from './protect-persons.ts'
import type { SyncState } from './sync-state.ts'
import type { Statements } from './target.ts'

/** Rows of one kind that somebody could read after a run who could not read them before. */
export interface Opening {
  readonly kind: string
  /** `PROTECTION`: victims, witnesses and minors lose their protection. `SHARING`: handling codes or `sharedWith` let others see the rows. */
  readonly why: 'PROTECTION' | 'SHARING'
  readonly rows: number
  /** How many rows were closed in this way before. */
  readonly before: number
  /** How many of the rows are persons who are under 18 by their birth dates. */
  readonly minors: number
  /** The ids of some of them, in order. */
  readonly examples: readonly string[]
}

/** How many rows of each kind are named. */
const EXAMPLES = 5

/**
 * Finds the rows that a run would open. It compares what is staged with what is served, by the rules of the row policies (`istmo.sees`), so that it
 * does not matter which line of a mapping or which value of the source was the cause.
 * @param today the day in UTC by which minors are counted, `YYYY-MM-DD`.
 */
export async function findOpenings(target: Statements, run: MergedRun, today: string): Promise<readonly Opening[]> {
  const found: Opening[] = []
  for (const { kind, why, closed, opened, isMinor, id } of listQuestions(run, today)) {
    const [row] = await target.query<{ before: number } & Omit<Opening, 'kind' | 'why' | 'before'>>(
      `with opened as (select ${id} as id, ${isMinor} as is_minor from ${opened})
       select (select count(*)::int from ${closed}) as before, count(*)::int as rows, (count(*) filter (where is_minor))::int as minors,
         (select coalesce(jsonb_agg(id), '[]') from (select distinct id from opened order by id limit ${EXAMPLES}) as few) as examples
       from opened`,
    )
    if (row !== undefined && row.rows > 0) found.push({ kind, why, ...row })
  }
  return found
}

/**
 * Whether a run must stop and ask. A source may open a few rows each day: a victim becomes a suspect, somebody comes of age. A changed mapping opens
 * rows only if somebody wants that, and a minor is never opened in good order.
 */
export function mustAsk(openings: readonly Opening[], isSameMapping: boolean): boolean {
  return openings.some(
    ({ rows, before, minors }) => !isSameMapping || minors > 0 || isShrinking({ before, gone: rows }),
  )
}

/** Whether the last full run of this name was by the same mapping. */
export function isSameMapping({ sha256, fullAt }: SyncState, mapping: { readonly sha256: string }): boolean {
  return fullAt !== null && sha256 === mapping.sha256
}

/** Two parts of a statement: which rows `t` were closed, and which of them are opened. */
interface Question {
  readonly kind: string
  readonly why: Opening['why']
  /** `from …` of the rows that were closed before. */
  readonly closed: string
  readonly opened: string
  readonly isMinor: string
  readonly id: string
}

function listQuestions(run: MergedRun, today: string): readonly Question[] {
  const staged = (name: string): FilledKind | undefined => run.kinds.find((kind) => kind.name === name)
  const [participants, associates] = [staged('cases.participants'), staged('persons.associates')]
  return [
    ...((staged('persons') ?? participants) ? [ofPersons(run, today)] : []),
    ...run.kinds.filter(({ columns }) => columns.includes('shared_with')).map(ofSharing),
    ...(participants === undefined ? [] : [ofParts(participants)]),
    ...(associates === undefined ? [] : [ofAssociates(associates)]),
  ]
}

function ofPersons(run: MergedRun, today: string): Question {
  const persons = run.kinds.find(({ name }) => name === 'persons')
  const stays = persons === undefined ? '' : ` and not (${isGone(persons, run)})`
  // The day of birth as it will be, which the same run may change.
  const born = persons === undefined ? 't.birth_date' : 'coalesce(s.birth_date, t.birth_date)'
  const join = persons === undefined ? '' : ` left join ${persons.stage} s on s.id = t.id`
  return {
    kind: 'persons',
    why: 'PROTECTION',
    id: 't.id',
    closed: 'persons.person where protected',
    opened: `persons.person t join (${foreseenProtection(run)}) want on want.id = t.id${join}
      where t.protected and not want.protected${stays}`,
    isMinor: `coalesce(${isMinorOn(today, born)}, false)`,
  }
}

/** What `istmo.sees` says: who is named sees each row, and all task forces see what is shared with `*`, up to H1. */
function ofSharing({ name, table, stage }: FilledKind): Question {
  const isOpenToAll = (row: string) =>
    `coalesce('*' = any(${row}.shared_with) and ${row}.handling <@ '{H0,H1}'::text[], false)`
  return {
    kind: name,
    why: 'SHARING',
    id: 't.id',
    isMinor: 'false',
    closed: `${table} t where not ${isOpenToAll('t')}`,
    opened: `${table} t join ${stage} s on s.id = t.id where not ${isOpenToAll('t')} and (${isOpenToAll('s')}
      or exists (select from unnest(s.shared_with) as named(force) where force <> '*' and force <> all(coalesce(t.shared_with, '{}'))))`,
  }
}

/** The parts of victims and witnesses in cases: of a person who is a suspect elsewhere, only the part is protected. */
function ofParts({ stage, table }: FilledKind): Question {
  const part = (role: 'in' | 'not in') =>
    `exists (select from ${stage} s where s.case_id = t.case_id and s.person_id = t.person_id and s.role ${role} ('WITNESS', 'VICTIM'))`
  return {
    kind: 'cases.participants',
    why: 'PROTECTION',
    id: 't.case_id',
    isMinor: 'false',
    closed: `${table} where protected and person_id is not null`,
    opened: `${table} t where t.protected and ${part('not in')} and not ${part('in')}`,
  }
}

/** An associate has a handling code of its own; whom it is shared with is said at the person. */
function ofAssociates({ stage, table }: FilledKind): Question {
  const isClosed = (row: string) => `not coalesce(${row}.handling <@ '{H0,H1}'::text[], false)`
  const twin = (is: string) => `exists (select from ${stage} s where s.person_id = t.person_id
    and s.associate_id is not distinct from t.associate_id and s.relationship = t.relationship and ${is})`
  return {
    kind: 'persons.associates',
    why: 'SHARING',
    id: 't.person_id',
    isMinor: 'false',
    closed: `${table} t where ${isClosed('t')}`,
    opened: `${table} t where ${isClosed('t')} and ${twin(`not ${isClosed('s')}`)} and not ${twin(isClosed('s'))}`,
  }
}
