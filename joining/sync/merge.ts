import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { type FilledKind, isRecord, stageOf } from './kinds.ts'
import { REFUSAL_TABLE } from './stage-tables.ts'
import type { Statements } from './target.ts'

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
