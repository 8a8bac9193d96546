import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { columnsOf, kindOf, RECORD_KINDS } from '../../contract/records/records.ts'
import { type Feed, type Mapping, NOW, type RecordPlan } from '../mapping/mapping.ts'

/** The schema of the staging tables. They belong to one run, and are dropped by the next one if it was killed. */
export const STAGING_SCHEMA = 'istmo_sync'

/** A kind of records that a mapping fills, as sync writes it. Names come from our own tables, never from a file. */
export interface FilledKind {
  readonly name: RecordKindName
  /** `cases.offence`. */
  readonly table: string
  /** `istmo_sync.cases_offence`. */
  readonly stage: string
  readonly key: readonly string[]
  /** All columns that are written, with those of the key. */
  readonly columns: readonly string[]
  /** Columns that say when the run was: a difference only in them changes nothing. */
  readonly stamps: readonly string[]
  readonly parent: { readonly kind: RecordKindName; readonly column: string } | null
  /** The column that counts the rows of a parent, and the one of the row's own id, if some plan leaves them to sync. */
  readonly counted: string | null
  readonly derived: string | null
  /** What fills it: each with the number of its feed, from 0. */
  readonly plans: readonly NumberedPlan[]
}

/** A plan with the number of its feed in the mapping. */
export interface NumberedPlan {
  readonly feed: number
  readonly plan: RecordPlan
}

/** Parents come before what hangs on them, and persons last: whether they are protected follows from their parts in cases. */
const WRITTEN_LAST = /^persons\b/

/** Lists the kinds that a mapping fills, in the order in which they are written. */
export function listFilledKinds({ feeds }: Pick<Mapping, 'feeds'>): readonly FilledKind[] {
  const ordered = RECORD_KINDS.toSorted((a, b) => Number(WRITTEN_LAST.test(a.name)) - Number(WRITTEN_LAST.test(b.name)))
  return ordered.flatMap(({ name }) => {
    const plans = feeds.flatMap((feed, at) => plansOf(feed, at, name))
    return plans.length === 0 ? [] : [toFilledKind(name, plans)]
  })
}

function plansOf({ records }: Feed, feed: number, name: RecordKindName): readonly NumberedPlan[] {
  return records.filter(({ kind }) => kind === name).map((plan) => ({ feed, plan }))
}

function toFilledKind(name: RecordKindName, plans: readonly NumberedPlan[]): FilledKind {
  const kind = kindOf(name)
  const { table, primaryKey, parent } = kind
  const columns = columnsOf(kind)
  const rules = plans.flatMap(({ plan }) => plan.columns)
  const isStamp = (column: string) =>
    rules.some((each) => each.column === column && each.rule.kind === 'constant' && each.rule.value === NOW)
  return {
    name,
    table,
    stage: stageOf(name),
    key: primaryKey,
    columns,
    stamps: columns.filter(isStamp),
    parent: parent === undefined ? null : { kind: parent.kind, column: parent.column },
    counted: plans.find(({ plan }) => plan.counted !== null)?.plan.counted ?? null,
    derived: plans.find(({ plan }) => plan.derived !== null)?.plan.derived ?? null,
    plans,
  }
}

/** The staging table of a kind. */
export function stageOf(kind: RecordKindName): string {
  return `${STAGING_SCHEMA}.${kindOf(kind).table.replace('.', '_')}`
}

/** Whether records of this kind have an id of their own, in contrast to what hangs on another record. */
export function isRecord({ parent }: Pick<FilledKind, 'parent'>): boolean {
  return parent === null
}
