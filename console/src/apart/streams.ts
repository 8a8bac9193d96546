import type { SessionAnswer } from '../session/session.ts'
import type { PageEnd } from '../session/use-session.ts'
import type { RowOfList, Stream } from './merge-rows.ts'

/** One question: which group of countries, and behind which cursor. */
export interface Step {
  readonly group: number
  readonly after: string | null
}

/** A page of rows. */
export interface RowPage<Row> {
  readonly edges: readonly Row[]
  readonly pageInfo: PageEnd
}

/** What came of a step. */
export interface StepResult<Data> {
  readonly data: SessionAnswer<Data> | undefined
  readonly isFetching: boolean
}

/** A group's part of a list, and whether its next page can be asked for. */
export interface GroupStream<Row extends RowOfList> extends Stream<Row> {
  readonly group: number
  /** Whether a page of it is asked for now, or failed. */
  readonly isPending: boolean
}

/**
 * Puts each group's pages together.
 * @param results what came of each step, in the order of the steps.
 * @returns only groups that have given a page.
 */
export function toStreams<Data, Row extends RowOfList>(
  steps: readonly Step[],
  results: readonly StepResult<Data>[],
  readPage: (data: Data) => RowPage<Row> | null | undefined,
): readonly GroupStream<Row>[] {
  const groups = [...new Set(steps.map(({ group }) => group))]
  return groups.flatMap((group): readonly GroupStream<Row>[] => {
    const own = results.filter((_, index) => steps[index]?.group === group)
    const answers = own.flatMap(({ data }) => data ?? [])
    if (answers.length === 0) return []
    const pages = answers.flatMap(({ data }) => (data === null ? [] : (readPage(data) ?? [])))
    const info = pages.at(-1)?.pageInfo
    const end = info?.hasNextPage === true ? info.endCursor : null
    return [{ group, rows: pages.flatMap(({ edges }) => edges), end, isPending: answers.length < own.length }]
  })
}

/**
 * Finds which questions bring more rows. A list with enough waiting rows is not asked again.
 * @param shown the ids that are shown.
 * @param enough how many waiting rows of one group are enough.
 */
export function nextSteps<Row extends RowOfList>(
  streams: readonly GroupStream<Row>[],
  shown: ReadonlySet<string>,
  enough: number,
): readonly Step[] {
  return streams.flatMap(({ group, rows, end, isPending }) => {
    const waiting = rows.filter(({ node }) => !shown.has(node.id)).length
    return end === null || isPending || waiting >= enough ? [] : [{ group, after: end }]
  })
}
