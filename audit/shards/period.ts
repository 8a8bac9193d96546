/** The calendar by which a log is divided into shards. All times are in UTC. */

/** How often a log begins a new shard. `none`: never. */
export const SHARDINGS = ['none', 'yearly', 'monthly'] as const

/** One of `SHARDINGS`. */
export type Sharding = (typeof SHARDINGS)[number]

/** Returns the period of a time in milliseconds since 1970: `2026` or `2026-12`. */
export function periodAt(timeMs: number, sharding: Exclude<Sharding, 'none'>): string {
  const text = new Date(timeMs).toISOString()
  return text.slice(0, sharding === 'yearly' ? 4 : 7)
}

/**
 * Returns when a shard must end, in milliseconds since 1970: at the first moment of the next period. A shard without a period of its own, the
 * first one, ends with the period of `sinceMs`. A shard of a period of the other kind ends with the first period that sorts behind it.
 */
export function endOfShard(period: string | null, sinceMs: number, sharding: Sharding): number {
  if (sharding === 'none') return Number.POSITIVE_INFINITY
  const [year, month] = (period ?? periodAt(sinceMs, sharding)).split('-').map(Number) as [number, number | undefined]
  // A month ends with itself. A year ends with its last month, also if the log is divided by months from now on.
  const isMonth = sharding === 'monthly' && month !== undefined
  return isMonth ? Date.UTC(year, month, 1) : Date.UTC(year + 1, 0, 1)
}
