import type { Feed } from '../mapping/mapping.ts'
import type { FilledKind } from './kinds.ts'
import type { Statements } from './target.ts'

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
