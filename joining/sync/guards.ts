import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { kindOf } from '../../contract/records/records.ts'
import { type DoubtId, isMinorOn, listDoubts } from '../doubtful-values.ts'
import type { Mapping } from '../mapping/mapping.ts'
import { countGone, foreseenProtection, isGone, type MergedRun } from './merge.ts'
import { type FilledKind, isRecord } from './stage-tables.ts'
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

/** A kind of record that would have far fewer rows after a run than before. */
export interface Shrinking {
  readonly kind: string
  readonly before: number
  readonly gone: number
}

/** How many rows of a kind may go in any run. */
const ALWAYS_ALLOWED = 10

/** The share of the rows that may go. */
const ALLOWED_SHARE = 0.1

/** Whether so many of so many is more than a source loses in good order: all, or more than a tenth and more than ten. */
export function isShrinking({ before, gone }: Pick<Shrinking, 'before' | 'gone'>): boolean {
  if (gone <= 0) return false
  return gone >= before || gone > Math.max(ALWAYS_ALLOWED, before * ALLOWED_SHARE)
}

/**
 * Finds the kinds that would have far fewer rows after a run that reads everything: an empty table, a wrong `where`, a filter that somebody put on the
 * reader's account.
 */
export async function findShrinking(
  target: Statements,
  run: MergedRun,
  { counts }: Pick<SyncState, 'counts'>,
): Promise<readonly Shrinking[]> {
  const found: Shrinking[] = []
  for (const kind of run.kinds.filter(({ name }) => run.whole.has(name))) {
    const shrinking = { kind: kind.name, ...(await measure(target, kind, run, counts[kind.name] ?? 0)) }
    if (isShrinking(shrinking)) found.push(shrinking)
  }
  return found
}

async function measure(
  target: Statements,
  kind: FilledKind,
  run: MergedRun,
  counted: number,
): Promise<Omit<Shrinking, 'kind'>> {
  if (!isRecord(kind)) {
    const [row] = await target.query<{ n: number }>(`select count(*)::int as n from ${kind.stage}`)
    return { before: counted, gone: counted - (row?.n ?? 0) }
  }
  const [row] = await target.query<{ n: number }>(
    'select count(*)::int as n from istmo.synced_record where kind = $1 and mapping = $2',
    [kind.name, run.mapping],
  )
  return { before: row?.n ?? 0, gone: await countGone(target, kind, run) }
}

/** Staged rows with values that cannot be true of a person. They are taken: whoever reads the warning decides. */
export interface DoubtfulRows {
  readonly id: DoubtId
  /** `persons.identifier.value`. */
  readonly place: string
  readonly rows: number
  /** The ids of some of them. */
  readonly examples: readonly string[]
}

/**
 * Finds doubtful values in what a run staged. An incremental run sees only what it read.
 * @param today a day in UTC, `YYYY-MM-DD`.
 */
export async function findDoubts(
  target: Pick<Statements, 'query'>,
  kinds: readonly FilledKind[],
  today: string,
): Promise<readonly DoubtfulRows[]> {
  const stage = (name: string): string | null => kinds.find((kind) => kind.name === name)?.stage ?? null
  const person = stage('persons')
  if (person === null) return []
  const tables = { person, name: stage('persons.names'), identifier: stage('persons.identifiers') }
  const found: DoubtfulRows[] = []
  for (const { id, place, table, names, condition } of listDoubts(tables, today)) {
    const [row] = await target.query<Pick<DoubtfulRows, 'rows' | 'examples'>>(
      `with doubted as materialized (select ${names} as name from ${table} where ${condition})
       select count(*)::int as rows, (select coalesce(jsonb_agg(name), '[]') from (select name from doubted order by 1 limit ${EXAMPLES}) as few) as examples
       from doubted`,
    )
    if (row !== undefined && row.rows > 0) found.push({ id, place, ...row })
  }
  return found
}

/**
 * Returns the time zone in which a run reads times that say none; null if the mapping reads no times, or if it has no zone, so that such times are
 * refused.
 */
export function findAssumedZone({ zone, feeds }: Pick<Mapping, 'zone' | 'feeds'>): string | null {
  const rules = feeds.flatMap(({ records }) => records).flatMap(({ columns }) => columns)
  return rules.some(({ type, rule }) => type.kind === 'moment' && rule.kind === 'read') ? zone : null
}

/** Rows of one kind that have a time which has not come yet. */
export interface FutureTimes {
  readonly kind: RecordKindName
  /** The key in the mapping: `recordedAt`. */
  readonly field: string
  readonly rows: number
  /** How many hours the latest of the times is ahead, rounded up. */
  readonly hours: number
}

/** How far a time may be ahead: the clocks of two machines differ a little. */
const MARGIN = '1 minute'

/**
 * Finds staged rows with times in the future, by the clock of the node's database. Most of such times were read in the wrong time zone, and no
 * constraint refuses them.
 */
export async function findFutureTimes(
  target: Pick<Statements, 'query'>,
  kinds: readonly FilledKind[],
): Promise<readonly FutureTimes[]> {
  const found: FutureTimes[] = []
  for (const { name, stage, columns } of kinds) {
    const moments = kindOf(name).fields.filter(({ type, column }) => type.kind === 'moment' && columns.includes(column))
    for (const { key, column } of moments) {
      const [row] = await target.query<{ rows: number; hours: number | null }>(
        `select count(*)::int as rows, ceil(extract(epoch from max(${column}) - now()) / 3600)::int as hours
         from ${stage} where ${column} > now() + interval '${MARGIN}'`,
      )
      if (row !== undefined && row.rows > 0)
        found.push({ kind: name, field: key, rows: row.rows, hours: row.hours ?? 0 })
    }
  }
  return found
}
