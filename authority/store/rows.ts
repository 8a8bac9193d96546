import { IstmoError } from '../../contract/errors.ts'
import type { ReplayStore } from '../../service/authenticate/dpop-proof.ts'
import type { Projection, Query } from './projector.ts'

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

/** A sealed officer in the log. */
export interface SealPlace {
  /** The id and the index of the entry. */
  readonly id: string
  readonly index: number
  readonly officer: string
  /** The thumbprint of the authority's key, and of the auditors' keys. */
  readonly authority: string
  readonly auditors: readonly string[]
}

/** The refs of officers, their seals, and the requests that were answered. These rows stay as long as the log has the entries. */
export const REVEALS: Projection = {
  tables: [
    'create table if not exists istmo_authority.officers (officer text primary key)',
    `create table if not exists istmo_authority.seals (
       id text primary key, place bigint not null, officer text not null, authority text not null, auditors text not null)`,
    'create index if not exists seals_officer on istmo_authority.seals (officer)',
    `create table if not exists istmo_authority.reveals (
       request text primary key, id text not null, place bigint not null, seal text not null)`,
  ],
  async apply(entry, query, index) {
    const insert = async (table: 'officers' | 'seals' | 'reveals', ...row: readonly (string | number)[]) => {
      const values = row.map((_, at) => `$${at + 1}`).join(', ')
      await query(`insert into istmo_authority.${table} values (${values}) on conflict do nothing`, row)
    }
    if (entry.kind === 'access-token') await insert('officers', entry.officer)
    if (entry.kind === 'officer-seal') {
      const auditors = entry.auditors.map(({ key }) => key).join(' ')
      await insert('seals', entry.id, index, entry.officer, entry.authority.key, auditors)
    }
    if (entry.kind === 'reveal') await insert('reveals', entry.request, entry.id, index, entry.seal)
  },
}

type SealRow = Readonly<Record<'id' | 'officer' | 'authority' | 'auditors', string> & { place: string | number }>

function readSeal({ id, place, officer, authority, auditors }: SealRow): SealPlace {
  return { id, index: Number(place), officer, authority, auditors: auditors.split(' ') }
}

/** Lists the seals of an officer, the newest first. */
export async function findSeals(query: Query, officer: string): Promise<readonly SealPlace[]> {
  const rows = await query<SealRow>('select * from istmo_authority.seals where officer = $1 order by place desc', [
    officer,
  ])
  return rows.map(readSeal)
}

/** Finds the answer that a request got before, by the hash of the request: the index of its entry, and the seal. */
export async function findAnswered(
  query: Query,
  request: string,
): Promise<{ readonly index: number; readonly seal: SealPlace } | null> {
  const [row] = await query<SealRow & { readonly answered: string | number }>(
    `select seals.*, reveals.place answered from istmo_authority.reveals
     join istmo_authority.seals on seals.id = reveals.seal where request = $1`,
    [request],
  )
  return row === undefined ? null : { index: Number(row.answered), seal: readSeal(row) }
}

/** Lists the refs of all officers who ever had a token. */
export async function listOfficers(query: Query): Promise<readonly string[]> {
  const rows = await query<{ officer: string }>('select officer from istmo_authority.officers')
  return rows.map(({ officer }) => officer)
}
