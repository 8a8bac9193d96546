import type { RecordKindName } from '../../contract/records/record-kind.ts'
import type { Feed, Mapping } from '../mapping/mapping.ts'
import {
  buildDroppedIndexes,
  type FilledKind,
  isRecord,
  REFUSAL_TABLE,
  STAGING_SCHEMA,
  stageOf,
} from './stage-tables.ts'
import type { Statements } from './target.ts'

/** What a run changed, by kind. */
export type Changes = ReadonlyMap<RecordKindName, KindChange>

/** What a run changed, and the kinds as they were staged last: who is protected follows from the parts in cases too. */
export interface Applied {
  readonly changes: Changes
  readonly kinds: readonly FilledKind[]
}

/**
 * Puts the staged rows into the tables of the contract. It runs in one transaction, so that readers see the old rows or the new ones.
 *
 * Rows are written before any is deleted, parents first: a row that moves from a record which goes to another one is not lost with the first.
 */
export async function applyStage(target: Statements, run: MergedRun, coverage: Mapping['coverage']): Promise<Applied> {
  await target.execute("set local work_mem = '128MB'")
  await noteAffected(target, run)
  const changes = new Map<RecordKindName, KindChange>()
  let kinds = run.kinds
  const isPerson = ({ name }: FilledKind): boolean => /^persons\b/.test(name)
  // Who is protected follows from the parts in cases that are left, so these are written and deleted first.
  for (const group of [kinds.filter((kind) => !isPerson(kind)), kinds.filter(isPerson)]) {
    const ready: FilledKind[] = []
    for (const kind of group) {
      const each = kind.name === 'persons' ? await protectStaged(target, kind, null) : kind
      kinds = kinds.map((before) => (before === kind ? each : before))
      ready.push(each)
      changes.set(kind.name, { ...(await writeRows(target, each)), deleted: 0 })
    }
    // What hangs on a record before the record itself.
    for (const kind of ready.toReversed()) {
      const deleted = await deleteGone(target, kind, { ...run, kinds })
      changes.set(kind.name, { created: 0, changed: 0, ...changes.get(kind.name), deleted })
    }
  }
  await buildDroppedIndexes(target)
  const now = { ...run, kinds }
  for (const kind of kinds.filter(isRecord)) await noteRecords(target, kind, now)
  // Without statistics, the next run would look up each record by itself.
  await target.execute('analyze istmo.synced_record')
  await addProtected(target, now, changes)
  await writeCoverage(target, coverage)
  return { changes, kinds }
}

/** Works out what a run would change, without changing anything. */
export async function foreseeChanges(target: Statements, run: MergedRun): Promise<Applied> {
  const changes = new Map<RecordKindName, KindChange>()
  let kinds = run.kinds
  for (const kind of run.kinds) {
    const ready = kind.name === 'persons' ? await protectStaged(target, kind, run) : kind
    kinds = kinds.map((each) => (each === kind ? ready : each))
    changes.set(kind.name, await countChanges(target, ready, { ...run, kinds }))
  }
  return { changes, kinds }
}

async function addProtected(
  target: Statements,
  run: MergedRun,
  changes: Map<RecordKindName, KindChange>,
): Promise<void> {
  const others = await protectOthers(target, run)
  const persons = changes.get('persons')
  if (others > 0)
    changes.set('persons', { created: 0, deleted: 0, ...persons, changed: (persons?.changed ?? 0) + others })
}

/** Writes what the country's law is complete for. Subjects that the mapping does not name stay as they are. */
async function writeCoverage(target: Statements, coverage: Mapping['coverage']): Promise<void> {
  if (coverage === null) return
  const rows = JSON.stringify(coverage)
  const wanted = 'select subject, key from json_to_recordset($1::text::json) as w(subject text, key text)'
  await target.write(
    `delete from legal.coverage c where exists (${wanted} where subject = c.subject) and not exists (${wanted} where subject = c.subject and key = c.key)`,
    [rows],
  )
  await target.write(`insert into legal.coverage (subject, key) ${wanted} on conflict do nothing`, [rows])
}

/** What {@link numberRows} needs to know of a run. */
export interface NumberedRun {
  readonly country: string
  readonly feeds: readonly Feed[]
}

/**
 * Gives staged rows the columns that the mapping leaves to sync. The result is a new staging table, which is smaller work than to change each
 * row of the old one. Returns the kind with its new table.
 *
 * A place among the rows of a parent (`ordinal`) follows the source's order where it has one: a CSV file, or a `select` with `order by`. A
 * table has none, so there it follows the contents. A row's own id (`row_id`) is made from its contents: it does not move when other rows of the
 * case come or go, so that it tells nobody of a victim who was added.
 */
export async function numberRows(target: Statements, kind: FilledKind, run: NumberedRun): Promise<FilledKind> {
  const { counted, derived, stage, columns } = kind
  const column = counted ?? derived
  if (column === null) return kind
  const numbered = `${stage}_numbered`
  const expression = counted === null ? makeRowId(kind, run) : countRows(kind, run)
  const list = columns.map((each) => (each === column ? `${expression} as ${column}` : each))
  await target.execute(
    `create unlogged table ${numbered} as select ${list.join(', ')}, _feed, _place, _part from ${stage}; drop table ${stage};
     analyze ${numbered}`,
  )
  return { ...kind, stage: numbered }
}

function countRows({ counted, parent, columns, plans }: FilledKind, { feeds }: NumberedRun): string {
  const ordered = plans.map(({ feed }) => feed).filter((feed) => feeds[feed] !== undefined && hasOrder(feeds[feed]))
  const place = `case when _feed = any('{${[...new Set(ordered)].join(',')}}') then _place end`
  const contents = columns.filter((column) => column !== counted && column !== parent?.column)
  const order = [counted, '_feed', place, '_part', ...contents].join(', ')
  return `(row_number() over (partition by ${parent?.column} order by ${order}))::int`
}

/** Whether a feed gives its rows in an order that is the same each time. */
function hasOrder({ from }: Feed): boolean {
  return from.kind === 'csv' || (from.kind === 'query' && /\border\s+by\b/i.test(from.query))
}

function makeRowId({ derived, columns }: FilledKind, { country }: NumberedRun): string {
  const contents = columns.filter((column) => column !== derived)
  const twins = `row_number() over (partition by ${contents.join(', ')} order by _feed, _place, _part)`
  const text = contents.map((column) => `coalesce(replace(${column}::text, '|', '||'), '\\0')`).join(` || '|.' || `)
  return `coalesce(${derived}, '${country}:' || left(md5(${text}), 20) || '-' || ${twins})`
}

/** Writes the staged rows into the tables of the contract, and deletes there what is gone. A row that is the same is not touched. */

/** What a merge needs to know of a run. */
export interface MergedRun {
  /** The number of the mapping (istmo.sync_mapping). */
  readonly mapping: number
  /** The kinds that the run read whole. */
  readonly whole: ReadonlySet<RecordKindName>
  /** All kinds that the mapping fills. */
  readonly kinds: readonly FilledKind[]
}

/** How many rows of a kind were written, or would be. */
export interface KindChange {
  readonly created: number
  readonly changed: number
  readonly deleted: number
}

/** How many rows of one kind of record a run read, refused and wrote, or would write. */
export interface KindResult extends KindChange {
  readonly kind: RecordKindName
  /** Rows of the source, counted at the record that stands first in its section. */
  readonly read: number
  readonly refused: number
}

/** Changes and adds the rows of a kind. */
export async function writeRows(target: Statements, kind: FilledKind): Promise<Omit<KindChange, 'deleted'>> {
  const { table, stage, columns, key } = kind
  const rest = columns.filter((column) => !key.includes(column))
  const changed =
    rest.length === 0
      ? 0
      : await target.write(
          `update ${table} t set ${rest.map((column) => `${column} = s.${column}`).join(', ')}
           from ${stage} s where ${sameKey(kind)} and ${differs(kind)}`,
        )
  // A case is new to whoever asks for news when it arrives here, and not when the old database recorded it.
  const arrival = kind.name === 'cases' ? ['changed_at'] : []
  const created = await target.write(
    `insert into ${table} (${[...columns, ...arrival].join(', ')})
     select ${[...columns.map((column) => `s.${column}`), ...arrival.map(() => 'now()')].join(', ')} from ${stage} s
     where not exists (select from ${table} t where ${sameKey(kind)})`,
  )
  return { created, changed }
}

/** Deletes what hangs on a record and is gone. What hangs on a record that is itself gone goes with it. */
export async function deleteGone(target: Statements, kind: FilledKind, run: MergedRun): Promise<number> {
  return target.write(`delete from ${kind.table} t where ${isGone(kind, run)}`)
}

/** Counts what {@link writeRows} and {@link deleteGone} would do. */
export async function countChanges(target: Statements, kind: FilledKind, run: MergedRun): Promise<KindChange> {
  const { table, stage } = kind
  const [row] = await target.query<{ created: number; changed: number }>(
    `select count(*) filter (where t.${kind.key[0]} is null)::int as created,
       count(*) filter (where t.${kind.key[0]} is not null and ${differs(kind)})::int as changed
     from ${stage} s left join ${table} t on ${sameKey(kind)}`,
  )
  return { created: row?.created ?? 0, changed: row?.changed ?? 0, deleted: await countGone(target, kind, run) }
}

/** Counts the rows that {@link deleteGone} would delete. */
export async function countGone(target: Statements, kind: FilledKind, run: MergedRun): Promise<number> {
  const [row] = await target.query<{ n: number }>(
    `select count(*)::int as n from ${kind.table} t where ${isGone(kind, run)}`,
  )
  return row?.n ?? 0
}

function sameKey({ key }: FilledKind): string {
  return key.map((column) => `t.${column} = s.${column}`).join(' and ')
}

function differs({ columns, key, stamps }: FilledKind): string {
  const compared = columns.filter((column) => !key.includes(column) && !stamps.includes(column))
  if (compared.length === 0) return 'false'
  const list = (prefix: string) => compared.map((column) => `${prefix}.${column}`).join(', ')
  return `(${list('t')}) is distinct from (${list('s')})`
}

/** Writes the condition that a row `t` of the table is gone from the source. */
export function isGone(kind: FilledKind, { mapping, whole, kinds }: MergedRun): string {
  const absent = `not exists (select from ${kind.stage} s where ${sameKey(kind)})`
  if (isRecord(kind)) {
    const isOurs = `exists (select from istmo.synced_record r where r.kind = '${kind.name}' and r.id = t.id and r.mapping = ${mapping})`
    if (whole.has(kind.name)) return `${isOurs} and ${absent}`
    // An incremental run knows only of records that it refused: what cannot be taken any more is not served any more.
    return `${isOurs} and ${absent} and exists (select from ${REFUSAL_TABLE} r where r.kind = '${kind.name}' and r.id = t.id)`
  }
  const parent = kind.parent as NonNullable<FilledKind['parent']>
  const parents = kinds.find(({ name }) => name === parent.kind)?.stage ?? stageOf(parent.kind)
  const id = `t.${parent.column}`
  const isRead = kinds.some(({ name }) => name === parent.kind)
    ? `exists (select from ${parents} p where p.id = ${id})`
    : `exists (select from ${kind.stage} p where p.${parent.column} = ${id})`
  return `${absent} and ${isRead}${notConfirmed(kind)}`
}

/** The kind of a link in `istmo.confirmed_link`, and its columns here. */
const LINKS: Readonly<Partial<Record<RecordKindName, readonly [kind: string, other: string]>>> = {
  'persons.sameAs': ['PERSON', 'other_id'],
  'cases.linkedCases': ['CASE', 'linked_id'],
}

/** Leaves out links that a person has confirmed (`istmo link import`): no source can take them back. */
function notConfirmed({ name, parent }: FilledKind): string {
  const link = LINKS[name]
  if (link === undefined) return ''
  const [kind, other] = link
  return ` and not exists (select from istmo.confirmed_link c where c.kind = '${kind}' and c.id = t.${parent?.column} and c.other_id = t.${other})`
}

/** Notes which records are this mapping's, and forgets those that are gone. */
export async function noteRecords(target: Statements, kind: FilledKind, { mapping, whole }: MergedRun): Promise<void> {
  if (!isRecord(kind)) return
  const protects = kind.name === 'persons' ? 's._protects' : 'false'
  await target.write(
    `insert into istmo.synced_record as held (kind, id, mapping, protects)
     select '${kind.name}', s.id, ${mapping}, ${protects} from ${kind.stage} s
     where not exists (select from istmo.synced_record r where r.kind = '${kind.name}' and r.id = s.id
       and r.mapping = ${mapping} and r.protects = ${protects})
     on conflict (kind, id) do update set mapping = excluded.mapping, protects = excluded.protects`,
  )
  const isGoneHere = `r.kind = '${kind.name}' and r.mapping = ${mapping} and not exists (select from ${kind.table} t where t.id = r.id)`
  if (whole.has(kind.name)) await target.write(`delete from istmo.synced_record r where ${isGoneHere}`)
  else {
    await target.write(
      `delete from istmo.synced_record r where ${isGoneHere}
         and exists (select from ${REFUSAL_TABLE} f where f.kind = r.kind and f.id = r.id)`,
    )
  }
}

/**
 * Protects each person whom the country's cases name only as a victim or a witness, whatever the mapping says: no search and no hit finds such a
 * person. Who is protected by the mapping itself stays so. It follows from all parts that a person has in cases, so it is worked out after the
 * parts are written, and before the persons are.
 */

/** The persons whose parts in cases change in an incremental run. */
const AFFECTED = `${STAGING_SCHEMA}.affected_person`

/** Persons who are named as a victim or a witness and as nothing else. */
function onlyProtected(whose: string, parts = 'cases.participant'): string {
  return `select person_id as id from ${parts} p where ${whose} group by person_id having bool_and(protected)`
}

/** The parts in cases as they will be after a run that has not written them. */
function foreseenParts({ kinds, whole }: MergedRun): string {
  const participants = kinds.find(({ name }) => name === 'cases.participants')
  if (participants === undefined) return 'cases.participant'
  const staged = `select person_id, role in ('WITNESS', 'VICTIM') as protected from ${participants.stage}`
  if (whole.has('cases.participants')) return `(${staged})`
  return `(${staged} union all select t.person_id, t.protected from cases.participant t
    where not exists (select from ${casesOf(kinds)} c where c.id = t.case_id))`
}

/** Notes whose parts an incremental run changes, before it changes them. A full run looks at all persons. */
export async function noteAffected(target: Statements, { kinds, whole }: MergedRun): Promise<void> {
  const participants = kinds.find(({ name }) => name === 'cases.participants')
  if (participants === undefined || whole.has('cases.participants')) return
  await target.execute(
    `create unlogged table ${AFFECTED} as
     select person_id as id from ${participants.stage} where person_id is not null
     union select p.person_id from cases.participant p
       where p.person_id is not null and p.case_id in (select case_id from ${participants.stage} union select id from ${casesOf(kinds)});
     analyze ${AFFECTED}`,
  )
}

function casesOf(kinds: readonly FilledKind[]): string {
  return kinds.find(({ name }) => name === 'cases')?.stage ?? 'cases.case_file'
}

/**
 * Gives the staged persons their protection. The column `_protects` keeps what the mapping says. Returns the kind with its new table.
 * @param foreseen the run whose parts in cases are not written yet; null if they are.
 */
export async function protectStaged(
  target: Statements,
  kind: FilledKind,
  foreseen: MergedRun | null,
): Promise<FilledKind> {
  const parts = foreseen === null ? 'cases.participant' : foreseenParts(foreseen)
  const stage = `${kind.stage}_protected`
  const list = kind.columns.map((column) =>
    column === 'protected' ? 's.protected or v.id is not null as protected' : `s.${column}`,
  )
  await target.execute(
    `create unlogged table ${stage} as
     select ${list.join(', ')}, s.protected as _protects
     from ${kind.stage} s left join (${onlyProtected('person_id is not null', parts)}) v on v.id = s.id;
     drop table ${kind.stage};
     analyze ${stage}`,
  )
  return { ...kind, stage }
}

/**
 * Selects the persons of the database as they will be after a run that is not written: `id` and `protected`. It is what {@link protectStaged} and
 * {@link protectOthers} then do.
 */
export function foreseenProtection(run: MergedRun): string {
  const staged = run.kinds.find(({ name }) => name === 'persons')?.stage
  const said = staged === undefined ? 'null::boolean' : 's.protected'
  const join = staged === undefined ? '' : ` left join ${staged} s on s.id = p.id`
  // Without the parts, the run changes only the persons that it read.
  const others = run.kinds.some(({ name }) => name === 'cases.participants') ? 'r.protects' : 'null'
  return `select p.id, coalesce(${said}, ${others}, p.protected) or v.id is not null as protected
    from persons.person p left join istmo.synced_record r on r.kind = 'persons' and r.id = p.id${join}
    left join (${onlyProtected('person_id is not null', foreseenParts(run))}) v on v.id = p.id`
}

/**
 * Gives persons whom the run did not read the protection that follows from their parts now. A person whom no mapping brought keeps a protection
 * that somebody gave by hand.
 * @returns how many it changed.
 */
export async function protectOthers(target: Statements, { kinds, whole }: MergedRun): Promise<number> {
  const participants = kinds.find(({ name }) => name === 'cases.participants')
  if (participants === undefined) return 0
  const staged = kinds.find(({ name }) => name === 'persons')?.stage
  const affected = whole.has('cases.participants') ? null : `in (select id from ${AFFECTED})`
  const isAffected = (column: string) => (affected === null ? `${column} is not null` : `${column} ${affected}`)
  const notStaged = staged === undefined ? '' : ` and not exists (select from ${staged} s where s.id = p.id)`
  return target.write(
    `update persons.person p set protected = want.protected from (
       select p.id, coalesce(r.protects, p.protected) or v.id is not null as protected
       from persons.person p left join istmo.synced_record r on r.kind = 'persons' and r.id = p.id
       left join (${onlyProtected(isAffected('person_id'))}) v on v.id = p.id
       where ${isAffected('p.id')}${notStaged}) want
     where p.id = want.id and p.protected <> want.protected`,
  )
}
