import type { SharedDatabase } from '../admit/shared-tables.ts'

/** Says once that the parts of a shared database are away, and once that they are back: a database that is away fails several statements of each request. */
export interface OutageLog {
  /** Returns the database for one part. Each statement that it answers says that the part is back. */
  readonly watch: (part: string, database: SharedDatabase) => SharedDatabase
  /** Takes the failure of a part. */
  readonly failed: (part: string, error: unknown) => void
  /** Takes that a part was answered. */
  readonly back: (part: string) => void
}

/**
 * Creates the log of the outages.
 * @param onAway called with the cause when the first part fails.
 * @param onBack called when each part that failed has been answered again.
 */
export function createOutageLog(onAway: (error: unknown) => void, onBack: () => void): OutageLog {
  const away = new Set<string>()
  const back = (part: string): void => {
    if (away.delete(part) && away.size === 0) onBack()
  }
  return {
    watch: (part, database) => ({
      async query(...asked) {
        const answer = await database.query(...asked)
        back(part)
        return answer
      },
    }),
    failed(part, error) {
      if (away.size === 0) onAway(error)
      away.add(part)
    },
    back,
  }
}
