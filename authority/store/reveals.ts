import type { Query } from './database.ts'
import type { Projection } from './projection.ts'

/** An entry of the log by its id and index. */
export interface EntryPlace {
  readonly id: string
  readonly index: number
}

/** A sealed officer in the log. */
export interface SealPlace extends EntryPlace {
  readonly officer: string
  /** The thumbprint of the authority's key, and of the auditors' keys. */
  readonly authority: string
  readonly auditors: readonly string[]
}

/** A request that was answered. */
export interface AnsweredRequest extends EntryPlace {
  /** The id of the seal. */
  readonly seal: string
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
    if (entry.kind === 'access-token') {
      await query('insert into istmo_authority.officers (officer) values ($1) on conflict do nothing', [entry.officer])
    }
    if (entry.kind === 'officer-seal') {
      await query(
        `insert into istmo_authority.seals (id, place, officer, authority, auditors) values ($1, $2, $3, $4, $5)
         on conflict do nothing`,
        [entry.id, index, entry.officer, entry.authority.key, entry.auditors.map(({ key }) => key).join(' ')],
      )
    }
    if (entry.kind === 'reveal') {
      await query(
        'insert into istmo_authority.reveals (request, id, place, seal) values ($1, $2, $3, $4) on conflict do nothing',
        [entry.request, entry.id, index, entry.seal],
      )
    }
  },
}

interface SealRow {
  readonly id: string
  readonly place: string | number
  readonly officer: string
  readonly authority: string
  readonly auditors: string
}

const SEAL_COLUMNS = 'id, place, officer, authority, auditors'

/** Lists the seals of an officer, the newest first. */
export async function findSeals(query: Query, officer: string): Promise<readonly SealPlace[]> {
  const rows = await query<SealRow>(
    `select ${SEAL_COLUMNS} from istmo_authority.seals where officer = $1 order by place desc`,
    [officer],
  )
  return rows.map(readSeal)
}

/** Finds a seal by the id of its entry. */
export async function findSeal(query: Query, id: string): Promise<SealPlace | null> {
  const [row] = await query<SealRow>(`select ${SEAL_COLUMNS} from istmo_authority.seals where id = $1`, [id])
  return row === undefined ? null : readSeal(row)
}

function readSeal({ id, place, officer, authority, auditors }: SealRow): SealPlace {
  return { id, index: Number(place), officer, authority, auditors: auditors.split(' ') }
}

/** Finds the answer that a request got before, by the hash of the request. */
export async function findAnswered(query: Query, request: string): Promise<AnsweredRequest | null> {
  const [row] = await query<{ id: string; place: string | number; seal: string }>(
    'select id, place, seal from istmo_authority.reveals where request = $1',
    [request],
  )
  return row === undefined ? null : { id: row.id, index: Number(row.place), seal: row.seal }
}

/** Returns whether an officer ever had a token under a ref. */
export async function isKnownOfficer(query: Query, officer: string): Promise<boolean> {
  const rows = await query('select 1 from istmo_authority.officers where officer = $1', [officer])
  return rows.length > 0
}

/** Lists the refs of all officers who ever had a token. */
export async function listOfficers(query: Query): Promise<readonly string[]> {
  const rows = await query<{ officer: string }>('select officer from istmo_authority.officers')
  return rows.map(({ officer }) => officer)
}
