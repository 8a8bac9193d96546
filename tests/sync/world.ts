import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DOMAINS } from '../../contract/domain.ts'
import { readMappingFile } from '../../joining/mapping/parse-mapping.ts'
import { runSync, type SyncRequest, type SyncResult } from '../../joining/sync/run-sync.ts'
import { embeddedTarget, openServerTarget, type SyncTarget } from '../../joining/sync/target.ts'
import { bindCountry, migrate, migrationsOf } from '../../subgraphs/kit/migrate.ts'
import { openEmptyDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'

/** A country of made-up records that `sync` fills from four small CSV files, for the tests of this folder. */

/** One state of the old database. */
export interface OldState {
  readonly cases: readonly { readonly id: string; readonly status: string; readonly secret: boolean }[]
  readonly offences: readonly { readonly case: string; readonly label: string }[]
  readonly parts: readonly { readonly case: string; readonly person: string; readonly role: string }[]
  readonly persons: readonly { readonly id: string; readonly name: string; readonly minor: boolean }[]
}

/** The words of the old database for a status and for a role, with those of the contract. Any other is refused. */
export const STATUSES: Readonly<Record<string, string>> = { TR: 'OPEN', AC: 'CHARGED', FE: 'ADJUDICATED' }
export const ROLES: Readonly<Record<string, string>> = { IMPUTADO: 'SUSPECT', VICTIMA: 'VICTIM', TESTIGO: 'WITNESS' }

/** The mapping of the four files. */
export const MAPPING = `
country: NI
source: { csv: { file: casos.csv, delimiter: ";" } }
provenance: { agency: { value: OJ }, handling: [H1], synthetic: true, sharedWith: ["*"] }
cases:
  from: casos.csv
  id: numero
  status: { column: estado, values: { TR: OPEN, AC: CHARGED, FE: ADJUDICATED }, else: refuse }
  handling: { column: reservado, values: { S: [H3], N: [H1] } }
  offences: { from: delitos.csv, case: numero, label: etiqueta, iccs: { value: "0101" } }
  participants:
    from: partes.csv
    case: numero
    person: { column: persona, missing: refuse }
    role: { column: calidad, values: { IMPUTADO: SUSPECT, VICTIMA: VICTIM, TESTIGO: WITNESS }, else: refuse }
persons:
  from: personas.csv
  id: persona
  protected: { column: menor, values: { S: true, N: false } }
  names: { full: nombre }
`

/** A folder with the files of an old database. */
export interface OldFiles {
  readonly path: string
  readonly mapping: string
  readonly write: (state: OldState) => Promise<void>
  readonly remove: () => Promise<void>
}

/** Makes a folder with the mapping and no files yet. */
export async function createOldFiles(mapping = MAPPING): Promise<OldFiles> {
  const path = await mkdtemp(join(tmpdir(), 'istmo-sync-'))
  const file = join(path, 'NI.mapping.yaml')
  await writeFile(file, mapping)
  const put = (name: string, head: string, rows: readonly (readonly string[])[]) =>
    writeFile(join(path, name), `${[head, ...rows.map((row) => row.join(';'))].join('\n')}\n`)
  const yes = (is: boolean): string => (is ? 'S' : 'N')
  return {
    path,
    mapping: file,
    async write({ cases, offences, parts, persons }) {
      await put(
        'casos.csv',
        'numero;estado;reservado',
        cases.map((each) => [each.id, each.status, yes(each.secret)]),
      )
      await put(
        'delitos.csv',
        'numero;etiqueta',
        offences.map((each) => [each.case, each.label]),
      )
      await put(
        'partes.csv',
        'numero;persona;calidad',
        parts.map((each) => [each.case, each.person, each.role]),
      )
      await put(
        'personas.csv',
        'persona;nombre;menor',
        persons.map((each) => [each.id, each.name, yes(each.minor)]),
      )
    },
    remove: () => rm(path, { recursive: true, force: true }),
  }
}

/** A country's database, on a server if ISTMO_TEST_DATABASE_URL names one, else embedded. */
export interface CountryTarget {
  readonly db: Database
  /** Its URL, if it is on a server. */
  readonly url: string | undefined
  readonly target: SyncTarget
  readonly close: () => Promise<void>
}

/** Opens a fresh database of Nicaragua. */
export async function openCountryTarget(): Promise<CountryTarget> {
  const opened: TestDatabase & { readonly url?: string } = await openEmptyDatabase('country')
  const { db, url } = opened
  await migrate(db, migrationsOf(DOMAINS))
  await bindCountry(db, 'NI')
  const target = url === undefined ? embeddedTarget(db) : await openServerTarget(url, 'NI')
  return {
    db,
    url,
    target,
    async close() {
      await target.close()
      await opened.close()
    },
  }
}

/** Runs a sync as the command does, without its entry in the audit log. */
export function syncFiles(
  target: SyncTarget,
  { mapping: file }: Pick<OldFiles, 'mapping'>,
  more: Partial<SyncRequest> = {},
): Promise<SyncResult> {
  return runSync({
    mapping: readMappingFile(file, 'en'),
    name: 'NI',
    target,
    since: null,
    isDryRun: false,
    allowsShrink: true,
    allowsOpening: true,
    refused: undefined,
    by: 'test',
    legalBasis: [],
    language: 'en',
    env: {},
    now: Date.now,
    progress: { read: () => undefined, step: () => undefined },
    ...more,
  })
}

/** The tables that the mapping fills, each with its key. */
const TABLES: Readonly<Record<string, string>> = {
  'cases.case_file': 'id',
  'cases.offence': 'case_id, ordinal',
  'cases.participant': 'row_id',
  'persons.person': 'id',
  'persons.person_name': 'person_id, ordinal',
  'istmo.synced_record': 'kind, id',
}

/** Returns all rows of a country as they are served, without the times of the runs, which differ. */
export async function readRows(db: Database): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const tables: Record<string, readonly unknown[]> = {}
  for (const [table, key] of Object.entries(TABLES)) {
    const rows = await db.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) - '{recorded_at,changed_at,mapping}'::text[] as row from ${table} t order by ${key}`,
    )
    tables[table] = rows.map(({ row }) => row)
  }
  return tables
}

/** Deletes all rows of a country, and what is remembered of its mappings. */
export async function empty(db: Database): Promise<void> {
  await db.execute(
    'truncate cases.case_file, persons.person, persons.name_word, istmo.sync_mapping, istmo.synced_record, legal.coverage restart identity cascade',
  )
}
