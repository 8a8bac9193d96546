import { getOrAdd } from '../../contract/get-or-add.ts'
import type { TakeForeignId } from './gather-state.ts'

/**
 * How many different ids of other countries' records one country may add to one request. Each of them is a question to another
 * country, so without a bound one answer could make the gateway ask another country more than it answers.
 */
export const MAX_FOREIGN_IDS = 1_000

/**
 * Counts the ids of other countries' records that each country adds to one request. An id counts once, however often it comes.
 * @param most how many ids of one country it takes.
 */
export function createForeignIds(most: number = MAX_FOREIGN_IDS): TakeForeignId {
  let idsByCountry: Map<string, Set<string>> | null = null
  return (country, id) => {
    idsByCountry ??= new Map()
    const ids = getOrAdd(idsByCountry, country, () => new Set())
    if (ids.size >= most && !ids.has(id)) return false
    ids.add(id)
    return true
  }
}
