import { join } from 'node:path'
import { eraseSalt, findSalt } from '../../audit/salts/salts.ts'
import type { FoundSalt } from '../../audit/salts/slot.ts'
import { listPlaces } from '../../audit/shards/places.ts'

/** Finds and erases salts of an audit log that may be divided into shards: the journal of each shard may hold a salt. */
export interface SaltAccess {
  /** Looks up an entry's salt. Rejects with a RangeError if the id is not a UUIDv7. */
  readonly find: (id: string) => Promise<FoundSalt>
  /** Erases an entry's salt wherever it is, and resolves when that is durable. Resolves to true if there was one. */
  readonly erase: (id: string) => Promise<boolean>
}

/**
 * Creates the access to the salts of an audit log.
 * @param home the home of the audit log
 * @param folder the store of salts
 */
export function createSaltAccess(home: string, folder: string): SaltAccess {
  return {
    async find(id) {
      let found: FoundSalt = { kind: 'UNKNOWN' }
      for (const { path } of await listPlaces(home)) {
        const inShard = await findSalt(folder, id, join(home, path))
        if (inShard.kind !== 'UNKNOWN') found = inShard
      }
      return found
    },
    async erase(id) {
      let hadSalt = false
      for (const { path } of await listPlaces(home))
        hadSalt = (await eraseSalt(folder, id, join(home, path))) || hadSalt
      return hadSalt
    },
  }
}
