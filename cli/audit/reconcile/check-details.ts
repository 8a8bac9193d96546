import { hash } from 'node:crypto'
import type { EntryOf } from '../../../contract/audit-log/entry.ts'

/** How many legs may have details that came before their own entry. The details of a leg are written together with it. */
const MAX_PENDING = 1_000

/** The details of a leg that has not come yet. It has no hash objects, because their memory is freed late. */
interface Pending {
  readonly texts: string[]
  count: number
  parts: number
  last: string
  isSorted: boolean
}

/** Checks whether the details of each leg of a country add up to what the leg says of its records. */
export interface DetailsCheck {
  /** Takes a detail. The details of a leg precede it in the log. */
  readonly add: (detail: EntryOf<'leg-detail'>) => void
  /** Takes the leg, and returns what does not add up; null if everything does. */
  readonly finish: (leg: EntryOf<'leg'>) => Promise<string | null>
}

/**
 * Creates the check. It compares the number of refs always. It compares their hash if the hash has no salt (version 1), or if the salt is known.
 * @param saltOf returns the salt of a leg by the id of its entry, from the country's erasable store
 */
export function createDetailsCheck(saltOf?: (legId: string) => Promise<Uint8Array | undefined>): DetailsCheck {
  const pending = new Map<string, Pending>()
  return {
    add({ of, refs }) {
      const known = pending.get(of) ?? { texts: [], count: 0, parts: 0, last: '', isSorted: true }
      pending.set(of, known)
      const [oldest] = pending.keys()
      if (pending.size > MAX_PENDING && oldest !== undefined) pending.delete(oldest)
      known.parts++
      known.count += refs.length
      known.texts.push(refs.map((ref) => `${ref}\n`).join(''))
      for (const ref of refs) {
        if (ref <= known.last) known.isSorted = false
        known.last = ref
      }
    },
    async finish({ id, v, details, records }) {
      const found = pending.get(id)
      pending.delete(id)
      if ((found?.parts ?? 0) !== details) {
        return `expected its ${details} details before it; came ${found?.parts ?? 0}`
      }
      const count = found?.count ?? 0
      if (count !== records.count) return `expected the refs of ${records.count} records; came ${count || 'none'}`
      if (found === undefined || count === 0) return null
      if (!found.isSorted) return 'expected its refs sorted, each once; came another order'
      const salt = (v as number) === 1 ? Buffer.alloc(0) : await saltOf?.(id)
      // Nobody can compare a salted hash without its salt.
      if (salt === undefined) return null
      const isSame = hash('sha256', Buffer.concat([salt, Buffer.from(found.texts.join(''))])) === records.hash
      return isSame ? null : 'expected refs with the hash that the leg has; came others'
    },
  }
}
