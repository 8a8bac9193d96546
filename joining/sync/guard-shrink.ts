import type { FilledKind } from './kinds.ts'
import { isRecord } from './kinds.ts'
import { countGone, type MergedRun } from './merge.ts'
import type { SyncState } from './sync-state.ts'
import type { Statements } from './target.ts'

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
