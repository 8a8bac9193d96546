import type { Query } from './database.ts'
import type { Projection } from './projection.ts'

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
