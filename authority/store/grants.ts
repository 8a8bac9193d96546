import type { Query } from './database.ts'
import type { Projection } from './projection.ts'

/** What the authority noted when it gave an access token. */
export interface Grant {
  /** The officer's ref in the authority's log. */
  readonly officer: string
  readonly client: string
  /** The name of the gateway that may exchange the token. */
  readonly gateway: string
  readonly mandate: string
  readonly isBound: boolean
}

/** The rows of access tokens: one for each grant in the log. */
export const GRANTS: Projection = {
  tables: [
    `create table if not exists istmo_authority.grants (
       token_id text primary key, officer text not null, client text not null, gateway text not null,
       mandate text not null, is_bound boolean not null, expires_s bigint not null)`,
    'create index if not exists grants_expires on istmo_authority.grants (expires_s)',
  ],
  async apply(entry, query) {
    if (entry.kind !== 'access-token') return
    const { tokenId, officer, client, gateway, mandate, isBound, expires } = entry
    await query(
      `insert into istmo_authority.grants (token_id, officer, client, gateway, mandate, is_bound, expires_s)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
      [tokenId, officer, client, gateway, mandate, isBound, Math.floor(Date.parse(expires) / 1_000)],
    )
  },
}

/** Finds the grant of an access token by its `jti`; null for a token that the log does not know. */
export async function findGrant(query: Query, tokenId: string): Promise<Grant | null> {
  const [row] = await query<Grant>(
    `select officer, client, gateway, mandate, is_bound as "isBound" from istmo_authority.grants where token_id = $1`,
    [tokenId],
  )
  return row ?? null
}

/** Deletes the rows of grants that ended before `nowS`, in seconds since 1970. The log keeps their entries. */
export async function deleteEndedGrants(query: Query, nowS: number): Promise<void> {
  await query('delete from istmo_authority.grants where expires_s < $1', [Math.floor(nowS)])
}
