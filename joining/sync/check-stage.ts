import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { kindOf } from '../../contract/records/records.ts'
import type { ReferencePlan } from '../mapping/mapping.ts'
import { type FilledKind, isRecord, REFUSAL_TABLE, stageOf } from './stage-tables.ts'
import type { Statements } from './target.ts'

/**
 * Refuses the staged rows that the tables of the contract cannot take, or that name a record which is not there. Each gets a row in the table of
 * refusals. A row of the source is taken with all that it gives, or not at all.
 */

/** What the checks need to know of a run. */
export interface CheckedRun {
  readonly country: string
  readonly kinds: readonly FilledKind[]
  /** The kinds that the run read whole. */
  readonly whole: ReadonlySet<RecordKindName>
  /** The number of the mapping (istmo.sync_mapping). */
  readonly mapping: number
}

/** Why a row was refused after it was staged. */
export const STAGE_REASONS = ['CONSTRAINT', 'REPEATED', 'OTHER_MAPPING', 'NO_PARENT', 'DANGLING'] as const

/** One of {@link STAGE_REASONS}. */
export type StageReason = (typeof STAGE_REASONS)[number]

/** Checks all kinds. Afterwards the staging tables have one row for each key, and no row that names a missing record. */
export async function checkStage(target: Statements, run: CheckedRun): Promise<void> {
  for (const kind of run.kinds) await refuseUnfit(target, kind)
  const repeated: FilledKind[] = []
  for (const kind of run.kinds) if (await refuseRepeated(target, kind, run.kinds)) repeated.push(kind)
  for (const kind of run.kinds.filter(isRecord)) await refuseOthers(target, kind, run)
  await removeRefused(target, run.kinds)
  // A refused record leaves rows without a parent, and those others: until nothing more is refused.
  for (;;) {
    let refused = 0
    for (const kind of run.kinds) refused += await refuseDangling(target, kind, run)
    if (refused === 0) break
    await removeRefused(target, run.kinds)
  }
  for (const kind of repeated) await mergeEqual(target, kind)
}

/** The id in the file of refused rows: that of the record, or of the record that the row hangs on. */
function idColumn({ key, parent }: FilledKind): string {
  return parent?.column ?? key[0] ?? 'id'
}

/** Writes the statement that refuses the staged rows `s` of a kind for which a condition holds. */
function refuse(kind: FilledKind, reason: StageReason, column: string, condition: string): string {
  return `insert into ${REFUSAL_TABLE} (kind, id, col, value, reason, feed, place)
    select '${kind.name}', s.${idColumn(kind)}, '${column}', s.${column}::text, '${reason}', s._feed, s._place
    from ${kind.stage} s where ${condition}`
}

/** Refuses rows that a constraint of the table does not take, which is a bound that the mapping's own checks do not know. */
async function refuseUnfit(target: Statements, kind: FilledKind): Promise<void> {
  const left = [kind.counted, kind.derived]
  const bounds = await target.query<{ column: string; condition: string }>(
    `select a.attname as "column", format('%I is null', a.attname) as condition from pg_attribute a
     where a.attrelid = $1::regclass and a.attnotnull and a.attnum > 0
     union all
     select coalesce(a.attname, k.conname), format('(%s) is false', pg_get_expr(k.conbin, k.conrelid))
     from pg_constraint k left join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
     where k.conrelid = $1::regclass and k.contype = 'c'`,
    [kind.table],
  )
  const own = bounds.filter(({ column }) => kind.columns.includes(column) && !left.includes(column))
  if (own.length === 0) return
  const any = own.map(({ condition }) => condition).join(' or ')
  const [row] = await target.query<{ found: boolean }>(
    `select exists (select from ${kind.stage} where ${any}) as found`,
  )
  if (row?.found !== true) return
  for (const { column, condition } of own)
    await target.write(refuse(kind, 'CONSTRAINT', column, `${condition}${notYet(kind)}`))
}

/** Whether all rows of a kind have a key of their own from the mapping. */
function hasKey({ counted, derived }: FilledKind): boolean {
  return counted === null && derived === null
}

/**
 * Refuses the rows that have one key and differ: nobody knows which of them is right, and the stricter `handling` may be in either. Of rows that are
 * equal, each but the first is refused, unless the mapping says that equal rows are one record. Returns whether rows may be left that are the same
 * record.
 */
async function refuseRepeated(target: Statements, kind: FilledKind, kinds: readonly FilledKind[]): Promise<boolean> {
  if (!hasKey(kind)) return kind.plans.some(({ plan }) => plan.repeats === 'same')
  const { name, stage, key } = kind
  const strict = strictFeeds(kind)
  if (isRecord(kind)) {
    // What a row says of its record is not known if the record itself could not be read, so the record's other rows are refused too.
    await target.write(
      refuse(
        kind,
        'REPEATED',
        'id',
        `exists (select from ${REFUSAL_TABLE} r where r.kind = '${name}' and r.id = s.id and r.reason is null
           and (r.is_own or s._feed = any('{${strict.join(',')}}')))${notYet(kind)}`,
      ),
    )
  }
  const [row] = await target.query<{ found: boolean }>(
    `select exists (select from ${stage} group by ${key.join(', ')} having count(*) > 1) as found`,
  )
  if (row?.found !== true) return false
  const group = `partition by ${key.join(', ')}`
  await target.write(
    `insert into ${REFUSAL_TABLE} (kind, id, col, value, reason, feed, place)
     select '${name}', ${idColumn(kind)}, '${key.at(-1)}', ${key.at(-1)}::text, 'REPEATED', _feed, _place from (
       select *, row_number() over (${group} order by _feed, _place, _part) > 1 as is_later,
         min(own) over w <> max(own) over w or (bool_or(is_strict) over w and min(whole) over w <> max(whole) over w) as differs
       from (${describeTwins(kind, kinds, strict)}) t window w as (${group})) s
     where (differs or (is_strict and is_later))${notYet(kind)}`,
  )
  return true
}

/** The feeds that let no row of a kind repeat. */
function strictFeeds({ plans }: FilledKind): readonly number[] {
  return [...new Set(plans.filter(({ plan }) => plan.repeats === 'refuse').map(({ feed }) => feed))]
}

/**
 * Selects the rows whose key another row has, with hashes of what they say: `own` of their own columns, `whole` also of what hangs on the record in
 * the same row of a strict feed.
 */
function describeTwins(kind: FilledKind, kinds: readonly FilledKind[], strict: readonly number[]): string {
  const { name, stage, key } = kind
  const keys = key.join(', ')
  const isTwin = `(${keys}) in (select ${keys} from ${stage} group by ${keys} having count(*) > 1)`
  const inline = kinds.filter(
    ({ parent, plans }) => parent?.kind === name && plans.some(({ feed }) => strict.includes(feed)),
  )
  const places = `select _feed, _place from ${stage} where _feed = any('{${strict.join(',')}}') and ${isTwin}`
  const joins = inline.map(
    (child, at) =>
      `left join (select _feed, _place, string_agg(${textOf(child)}, ',' order by _part) as said from ${child.stage}
         where (_feed, _place) in (${places}) group by _feed, _place) c${at} using (_feed, _place)`,
  )
  const said = inline.map((_, at) => ` || ',' || coalesce(c${at}.said, '')`).join('')
  return `select ${[...new Set([...key, idColumn(kind)])].join(', ')}, _feed, _place, _part, _feed = any('{${strict.join(',')}}') as is_strict,
      md5(own) as own, md5(own${said}) as whole
    from (select *, ${textOf(kind)} as own from ${stage} where ${isTwin}) s ${joins.join(' ')}`
}

/** Writes the text of what a staged row says. When the run was does not count. */
function textOf({ columns, stamps }: FilledKind): string {
  return `row(${columns.filter((column) => !stamps.includes(column)).join(', ')})::text`
}

/** Refuses records that another mapping brought: two sources of one record would overwrite each other for ever. */
async function refuseOthers(target: Statements, kind: FilledKind, { mapping }: CheckedRun): Promise<void> {
  await target.write(
    refuse(
      kind,
      'OTHER_MAPPING',
      'id',
      `exists (select from istmo.synced_record r where r.kind = '${kind.name}' and r.id = s.id and r.mapping <> ${mapping})${notYet(kind)}`,
    ),
  )
}

/** Refuses rows, or empties their columns, that name a record of this country which is not there. Returns how many it refused. */
async function refuseDangling(target: Statements, kind: FilledKind, run: CheckedRun): Promise<number> {
  let refused = 0
  if (kind.parent !== null) {
    const missing = isMissing(kind.parent.kind, `s.${kind.parent.column}`, run)
    refused += await target.write(refuse(kind, 'NO_PARENT', kind.parent.column, `${missing}${notYet(kind)}`))
  }
  for (const [number, reference] of referencesOf(kind)) {
    const { column, dangling } = reference
    const isForeignKey = kind.name === 'warrants' && column === 'case_id'
    const isFilled = run.kinds.some(({ name }) => name === reference.kind)
    // The database itself lets no foreign key dangle. Another reference is checked if the mapping fills what it names.
    if (!isForeignKey && (dangling === 'keep' || !isFilled)) continue
    const isMeant = isForeignKey ? `s.${column} is not null` : `starts_with(s.${column}, '${run.country}:')`
    const missing = `s._feed = ${number} and ${isMeant} and ${isMissing(reference.kind, `s.${column}`, run)}`
    if (dangling === 'null') await target.write(`update ${kind.stage} s set ${column} = null where ${missing}`)
    else refused += await target.write(refuse(kind, 'DANGLING', column, `${missing}${notYet(kind)}`))
  }
  return refused
}

/** Leaves out rows that have been refused for another reason already. */
function notYet(kind: FilledKind): string {
  return ` and not exists (select from ${REFUSAL_TABLE} r where r.kind = '${kind.name}' and r.feed = s._feed and r.place = s._place)`
}

function referencesOf({ plans, parent }: FilledKind): readonly (readonly [number, ReferencePlan])[] {
  return plans.flatMap(({ feed, plan }) =>
    plan.references.filter(({ column }) => column !== parent?.column).map((each) => [feed, each] as const),
  )
}

/** Writes the condition that a record will not be there after this run. */
function isMissing(named: RecordKindName, id: string, { kinds, whole, mapping }: CheckedRun): string {
  const { table } = kindOf(named)
  const isFilled = kinds.some(({ name }) => name === named)
  const staged = isFilled ? `not exists (select from ${stageOf(named)} t where t.id = ${id}) and ` : ''
  // What stays although it was not staged: of a kind that was read whole, the records that are not this mapping's.
  const stays = whole.has(named)
    ? `not exists (select from istmo.synced_record r where r.kind = '${named}' and r.id = t.id and r.mapping = ${mapping})`
    : `not exists (select from ${REFUSAL_TABLE} r where r.kind = '${named}' and r.id = t.id)`
  return `${staged}not exists (select from ${table} t where t.id = ${id} and ${stays})`
}

/** Takes the refused rows out of all staging tables that the same row of the source fills. */
async function removeRefused(target: Statements, kinds: readonly FilledKind[]): Promise<void> {
  for (const { stage } of kinds) {
    await target.write(
      `delete from ${stage} s where exists (select from ${REFUSAL_TABLE} r where r.feed = s._feed and r.place = s._place)`,
    )
  }
}

/** Keeps one of the rows that are the same record. Without a key, they are the same if the mapping says so and all their columns are equal. */
async function mergeEqual(target: Statements, kind: FilledKind): Promise<void> {
  const { stage, key, columns, counted, derived, plans } = kind
  const same = hasKey(kind) ? [] : plans.filter(({ plan }) => plan.repeats === 'same').map(({ feed }) => feed)
  if (!hasKey(kind) && same.length === 0) return
  const group = hasKey(kind) ? key : columns.filter((column) => column !== counted && column !== derived)
  const where = hasKey(kind) ? '' : ` where _feed = any('{${[...new Set(same)].join(',')}}')`
  const [row] = await target.query<{ found: boolean }>(
    `select exists (select from ${stage}${where} group by ${group.join(', ')} having count(*) > 1) as found`,
  )
  if (row?.found !== true) return
  await target.write(
    `delete from ${stage} where ctid in (select ctid from (
       select ctid, row_number() over (partition by ${group.join(', ')} order by _feed, _place, _part) as n from ${stage}${where}) s where n > 1)`,
  )
}
