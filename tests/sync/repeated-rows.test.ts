import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { repeats as repeatsOf } from '../share.ts'
import { type CountryTarget, createOldFiles, empty, type OldFiles, openCountryTarget, syncFiles } from './world.ts'

/** Lists that name a record in several rows, and links that a person has confirmed. */

/** How many random lists are tried. `npm run test:full` tries more. */
const RUNS = Number(process.env.ISTMO_SYNC_RUNS ?? repeatsOf(6))

const LIST = `
country: NI
source: { csv: { file: lista.csv, delimiter: ";" } }
provenance: { agency: { value: OJ }, synthetic: true, sharedWith: ["*"] }
cases:
  id: numero
  repeats: REPEATS
  handling: { column: reservado, values: { S: [H3], N: [H1] }, else: refuse }
  offences: { label: etiqueta, iccs: { column: etiqueta, values: { Robo: "0401", Hurto: "0502" }, else: refuse } }
`

/** A row of the list: a secret of `?` and a charge of `Otro` are not in the mapping, and a charge may be empty. */
interface ListRow {
  readonly id: string
  readonly secret: string
  readonly charge: string
}

const ROWS = fc.array(
  fc.record({
    id: fc.constantFrom('E1', 'E2', 'E3'),
    secret: fc.oneof({ weight: 5, arbitrary: fc.constant('N') }, fc.constantFrom('S', '?')),
    charge: fc.constantFrom('Robo', 'Hurto', 'Otro', ''),
  }),
  { maxLength: 7 },
)

/** Works out what the list gives with plain loops: `case handling charges`. */
function expectCases(rows: readonly ListRow[], repeats: 'refuse' | 'same'): readonly string[] {
  const served: string[] = []
  for (const id of new Set(rows.map((row) => row.id))) {
    const own = rows.filter((row) => row.id === id)
    const isOne = own.every(({ secret }) => secret === own[0]?.secret) && own[0]?.secret !== '?'
    const isSame = own.every(({ charge }) => charge === own[0]?.charge)
    const taken = own.filter(({ charge }) => charge !== 'Otro')
    if (!isOne || taken.length === 0 || (repeats === 'refuse' && !isSame)) continue
    const charges = [...new Set(taken.map(({ charge }) => charge).filter((charge) => charge !== ''))]
    served.push(`NI:${id} ${own[0]?.secret === 'S' ? 'H3' : 'H1'} ${charges.join(' ')}`.trim())
  }
  return served.sort()
}

let country: CountryTarget
beforeAll(async () => {
  country = await openCountryTarget()
})
afterAll(() => country.close())
beforeEach(() => empty(country.db))

async function writeList(files: OldFiles, rows: readonly ListRow[]): Promise<void> {
  const lines = rows.map(({ id, secret, charge }) => `${id};${secret};${charge}`)
  await writeFile(join(files.path, 'lista.csv'), `${['numero;reservado;etiqueta', ...lines].join('\n')}\n`)
}

async function readCases(): Promise<readonly string[]> {
  const rows = await country.db.query<{ text: string }>(
    `select trim(c.id || ' ' || c.handling[1] || ' ' ||
       coalesce((select string_agg(national_label, ' ' order by ordinal) from cases.offence where case_id = c.id), '')) as text
     from cases.case_file c order by 1`,
  )
  return rows.map(({ text }) => text)
}

describe.each(['refuse', 'same'] as const)('a list with repeats: %s', (repeats) => {
  it('serves no record whose rows differ, whatever was served before', async () => {
    const files = await createOldFiles(LIST.replace('REPEATS', repeats))
    try {
      await fc.assert(
        fc.asyncProperty(ROWS, ROWS, async (before, after) => {
          await empty(country.db)
          for (const rows of [before, after]) {
            await writeList(files, rows)
            await syncFiles(country.target, files)
            expect(await readCases()).toEqual(expectCases(rows, repeats))
          }
        }),
        { numRuns: RUNS },
      )
    } finally {
      await files.remove()
    }
  })
})

const LINKED = `
country: NI
source: { csv: { file: x.csv } }
provenance: { agency: { value: OJ }, handling: [H1], synthetic: true, sharedWith: ["*"] }
cases: { from: casos.csv, id: numero, linkedCases: { from: causas.csv, case: numero, linkedCase: otra } }
persons: { from: personas.csv, id: persona, sameAs: { from: iguales.csv, person: persona, other: otra } }
`

it('keeps a link that a person has confirmed, and deletes another one that is gone', async () => {
  const files = await createOldFiles(LINKED)
  const put = (name: string, ...lines: readonly string[]) => writeFile(join(files.path, name), lines.join('\n'))
  await put('casos.csv', 'numero', 'E-1')
  await put('causas.csv', 'numero,otra', 'E-1,HN:C-7')
  await put('personas.csv', 'persona', 'P1')
  await put('iguales.csv', 'persona,otra', 'P1,HN:P-7')
  await syncFiles(country.target, files)
  await country.db.execute(
    `insert into persons.same_as (person_id, other_id) values ('NI:P1', 'GT:P-1'), ('NI:P1', 'SV:P-1');
     insert into cases.linked_case (case_id, linked_id) values ('NI:E-1', 'GT:C-1'), ('NI:E-1', 'SV:C-1');
     insert into istmo.confirmed_link values ('PERSON', 'NI:P1', 'GT:P-1', 'Ana Paz', '2026-01-02'), ('CASE', 'NI:E-1', 'GT:C-1', 'Ana Paz', '2026-01-02')`,
  )
  const links = async () => {
    const rows = await country.db.query<{ id: string }>(
      'select other_id as id from persons.same_as union all select linked_id from cases.linked_case order by id',
    )
    return rows.map(({ id }) => id)
  }
  const foreseen = await syncFiles(country.target, files, { isDryRun: true })
  const deleted = ({ kinds }: typeof foreseen) => kinds.map((kind) => [kind.kind, kind.deleted])
  const done = await syncFiles(country.target, files)
  expect(deleted(done)).toEqual(deleted(foreseen))
  expect(await links()).toEqual(['GT:C-1', 'GT:P-1', 'HN:C-7', 'HN:P-7'])
  await country.db.execute('delete from istmo.confirmed_link')
  await syncFiles(country.target, files)
  expect(await links()).toEqual(['HN:C-7', 'HN:P-7'])
  await files.remove()
})
