import { searchIndex } from '../audit/index/search.ts'
import { COVERAGE, type Question } from '../contract/audit-log/article-25/coverage-table.ts'
import { createExampleFinder, type Examples } from '../contract/audit-log/article-25/example-finder.ts'
import type { Entry } from '../contract/audit-log/entry.ts'
import type { ReadContext } from './read-context.ts'
import { readSeen } from './read-entry.ts'

/** The kinds of entries among which examples are sought. Each kind of processing has one of them. */
const KINDS = ['request', 'leg', 'import', 'sync', 'record-erasure'] as const satisfies readonly Entry['kind'][]

/** How many of the newest entries of each kind are read for an example. */
const MAX_CANDIDATES = 20

/** A row of the coverage of article 25, in the form of the schema. */
export interface ShownRow extends Readonly<Record<Question, string>> {
  readonly operation: string
  readonly entries: string
  readonly gaps: readonly string[]
  /** The id of an example, or null. */
  readonly example: string | null
}

/**
 * Lists the kinds of processing with the newest example of each that the viewer may see. The examples count as shown entries.
 * @throws {IstmoError} `LIMIT_EXCEEDED` if the answer has too many entries.
 */
export async function listCoverage(context: ReadContext): Promise<readonly ShownRow[]> {
  const examples = await findExamples(context)
  context.show(examples.size)
  return COVERAGE.map((row) => {
    const { operation, entries, cells, gaps } = row
    const { time, justification, person, recipient } = cells
    const members = {
      ...{ time: time.members, justification: justification.members },
      ...{ person: person.members, recipient: recipient.members },
    }
    return { operation, entries, ...members, gaps, example: examples.get(row)?.id ?? null }
  })
}

/** Reads the newest entries of each kind out of their logs, because the index does not have what a row asks. */
async function findExamples(context: ReadContext): Promise<Examples> {
  const { db, readers, viewer } = context
  const finder = createExampleFinder()
  for (const kind of KINDS) {
    const filter = { kind, ...(viewer.country !== null && { viewer: viewer.country }) }
    const { rows } = await searchIndex(db, filter, { first: MAX_CANDIDATES })
    // The finder keeps the last example that it is given, so the newest comes last.
    for (const row of rows.filter(({ log }) => readers.has(log)).toReversed()) {
      const { entry, parts } = await readSeen(row, context)
      for (const each of [entry, ...parts]) finder.add(each)
    }
  }
  return finder.found()
}
