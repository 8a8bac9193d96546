import { randomBytes } from 'node:crypto'
import type { HitStore } from './hit-quota.ts'
import type { HitRow } from './hit-rows.ts'

/** Searches of the last days in the memory of this process. They are gone when it ends. */
export function createMemoryHits(): HitStore {
  const days = new Map<string, { readonly secret: string; readonly rows: Map<string, HitRow[]> }>()
  const ofDay = (day: string) => {
    const known = days.get(day) ?? { secret: randomBytes(32).toString('base64url'), rows: new Map<string, HitRow[]>() }
    days.set(day, known)
    return known
  }
  return {
    secretOf: async (day) => ofDay(day).secret,
    read: async (caller, day, from) => ofDay(day).rows.get(caller)?.slice(from) ?? [],
    async append(caller, day, from, rows) {
      const known = ofDay(day).rows.get(caller) ?? []
      if (known.length !== from) return false
      known.push(...rows)
      ofDay(day).rows.set(caller, known)
      return true
    },
    async forget(day) {
      for (const each of days.keys()) if (each < day) days.delete(each)
    },
  }
}
