import type { SuspensionStatement } from '../../contract/trust/suspension.ts'

/** How many bytes of statements one answer of the feed has. A reader takes at most 256 KiB. */
const FEED_BYTES = 192 * 1_024

/** A statement with its place in the list. */
export interface PlacedStatement {
  readonly position: number
  readonly statement: Pick<SuspensionStatement, 'text'>
}

/** Where a reader is, and the list: `last` is its highest position, and `id` changes if somebody begins it anew. */
export interface FeedState {
  readonly after: number
  readonly last: number
  readonly id: string
  readonly nowMs: number
}

/** Writes the body of `GET /suspensions` (docs/design/trust.md, Stop): the statements after a position, as many as fit, and the time. */
export function formatFeed(placed: readonly PlacedStatement[], { after, last, id, nowMs }: FeedState): string {
  const statements: string[] = []
  let bytes = 0
  let given = last
  for (const { position, statement } of placed) {
    if (position <= after) continue
    bytes += statement.text.length + 3
    if (bytes > FEED_BYTES) break
    statements.push(statement.text)
    given = position
  }
  const isAll = bytes <= FEED_BYTES
  return JSON.stringify({ now: Math.floor(nowMs / 1_000), id, last: isAll ? last : given, statements })
}
