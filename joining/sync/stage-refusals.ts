import type { Language } from '../../contract/language.ts'
import type { RecordKindName } from '../../contract/records/record-kind.ts'
import type { Feed } from '../mapping/mapping.ts'
import type { StageReason } from './check-stage.ts'
import type { FilledKind } from './kinds.ts'
import type { RefusalCounts } from './refusal-counts.ts'
import type { RefusedSink } from './refused-file.ts'
import { REFUSAL_TABLE } from './stage-tables.ts'
import type { Statements } from './target.ts'
import { SYNC_WORDS } from './words.ts'

/** How many refusals are read at once. */
const BATCH_ROWS = 5_000

interface Found {
  readonly kind: RecordKindName
  readonly id: string | null
  readonly col: string
  readonly value: string | null
  readonly reason: StageReason
  readonly feed: number
  readonly place: number
}

/** Writes what the checks in the database refused into the file of refused rows, and counts it. */
export async function reportStageRefusals(
  target: Statements,
  run: {
    readonly kinds: readonly FilledKind[]
    readonly feeds: readonly Feed[]
    readonly language: Language
    readonly counts: RefusalCounts
    readonly refused: RefusedSink
  },
): Promise<void> {
  const { reasons } = SYNC_WORDS[run.language]
  let after: readonly [number, number, string] = [-1, -1, '']
  for (;;) {
    // A row is refused once for each reason and column.
    const rows = await target.query<Found>(
      `select distinct on (feed, place, kind) kind, id, col, value, reason, feed, place from ${REFUSAL_TABLE}
       where reason is not null and (feed, place, kind) > ($1::int, $2::bigint, $3::text)
       order by feed, place, kind, col limit ${BATCH_ROWS}`,
      after,
    )
    for (const { kind, id, col, value, reason, feed, place } of rows) {
      const section = run.feeds[feed]?.place ?? kind
      const column = nameColumn(run.kinds, kind, feed, col)
      await run.refused.write({ section, place, id, column, value, reason: reasons[reason] })
      run.counts.refuse(run.feeds[feed]?.records[0]?.kind ?? kind, { section, column, reason: reasons[reason] })
    }
    const last = rows.at(-1)
    if (last === undefined) return
    after = [last.feed, last.place, last.kind]
  }
}

/** Names a column of ours as the mapping does: `person` for `person_id`. */
function nameColumn(kinds: readonly FilledKind[], kind: RecordKindName, feed: number, column: string): string {
  const plans = kinds.find(({ name }) => name === kind)?.plans ?? []
  const own = plans.filter((each) => each.feed === feed).flatMap(({ plan }) => plan.columns)
  return own.find((each) => each.column === column)?.field ?? column
}
