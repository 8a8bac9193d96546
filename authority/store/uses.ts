import { IstmoError } from '../../contract/errors.ts'
import type { ReplayStore } from '../../service/authenticate/dpop-proof.ts'
import type { Query } from './database.ts'

/**
 * Creates the store of what may be used once: the `jti` of assertions and proofs. The database decides who was first, so two requests at the
 * same moment, or before and after a restart, are never both the first. Rejects with {IstmoError} `PROOFS_UNAVAILABLE` while the database is away.
 */
export function createUses(query: Query): ReplayStore {
  return {
    async noteFirstUse(id, untilS) {
      try {
        const rows = await query(
          'insert into istmo_authority.uses (id, until_s) values ($1, $2) on conflict do nothing returning id',
          [id, Math.ceil(untilS)],
        )
        return rows.length === 1
      } catch (cause) {
        throw new IstmoError('PROOFS_UNAVAILABLE', undefined, { cause })
      }
    },
  }
}

/** Deletes the uses that nobody can repeat any more. @param nowS seconds since 1970. */
export async function deleteEndedUses(query: Query, nowS: number): Promise<void> {
  await query('delete from istmo_authority.uses where until_s < $1', [Math.floor(nowS)])
}
