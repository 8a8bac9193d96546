import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPersons, type WorldPerson } from '../../tests/oracle/band-oracle.ts'
import type { WorldName } from '../../tests/oracle/name-oracle.ts'
import { bindCountry, migrate } from '../kit/migrate.ts'
import { createTestExecutor, openEmptyDatabase, type TestDatabase } from '../kit/testing.ts'
import { personsModule } from './module.ts'
import { replacePersons } from './testing.ts'

/** The last migration before the keys of names. */
const OLDER = '003-links.sql'

const full = (name: string): WorldName => ({ full: name, givenNames: null, surnames: null })
const person = (id: string, birthDate: string | null, ...names: readonly WorldName[]): WorldPerson => ({
  ...{ id, birthDate, names, nationalities: null, protected: false, identifiers: [] },
})
const PEOPLE: readonly WorldPerson[] = [
  person('GT:U-1', '1985-03-04', {
    full: 'José Ángel Núñez Peña',
    givenNames: ['José', 'Ángel'],
    surnames: ['Núñez', 'Peña'],
  }),
  person('GT:U-2', null, full('María Elena Banegas de León'), full('La Chata')),
  person('GT:U-3', '1990-07-12', full('Juan Carlos Pérez Gómez')),
  person('GT:U-4', '1990-07-12'),
]
const SEARCHES = [
  ['Chepe Núñez', ['GT:U-1']],
  ['J. A. Núñez', ['GT:U-1']],
  ['María Vanegas', ['GT:U-2']],
  ['la chata', ['GT:U-2']],
  ['Jaun Pérez', ['GT:U-3']],
  ['Pedro Pérez', []],
] as const

let folder: string
let database: TestDatabase
let ran: readonly string[]

/** A database as the version before the keys of names left it, with rows; then brought up to date. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-upgrade-'))
  const source = fileURLToPath(personsModule.migrations)
  for (const file of await readdir(source)) if (file <= OLDER) await cp(join(source, file), join(folder, file))
  database = await openEmptyDatabase()
  const { db } = database
  await migrate(db, [{ domain: 'persons', migrations: pathToFileURL(`${folder}/`) }])
  await bindCountry(db, 'GT')
  await db.execute(`alter table persons.person alter column shared_with set default '{*}'`)
  await replacePersons(db, PEOPLE)
  ran = await migrate(db, [personsModule])
})
afterAll(async () => {
  await database?.close()
  await rm(folder, { recursive: true })
})

describe('a database of an older version with persons', () => {
  it('runs the migrations that it lacks, and no other', () => {
    expect(ran[0]).toBe('persons/004-name-search.sql')
    expect(ran.every((name) => name.startsWith('persons/') && name.slice(8) > OLDER)).toBe(true)
  })

  it('gets the parts, keys and words of each recorded name', async () => {
    const rows = await database.db.query<{ full_name: string; parts: string[]; keys: string[] | null }>(
      'select full_name, parts, keys from persons.person_name order by full_name',
    )
    expect(rows).toHaveLength(PEOPLE.flatMap(({ names }) => names).length)
    for (const { full_name: name, parts, keys } of rows) {
      expect(parts.length, name).toBeGreaterThan(0)
      expect(keys?.length, name).toBeGreaterThan(0)
    }
    const missing = await database.db.query(
      `select distinct substr(part, 2) from persons.person_name, unnest(parts) as u(part)
       where substr(part, 2) not in (select word from persons.name_word where sound <> '' and cardinality(slips) > 0)`,
    )
    expect(missing).toEqual([])
  })

  it.each(SEARCHES)('finds by «%s» whom a new database finds', async (name, expected) => {
    const ask = createTestExecutor(personsModule, database.db, 'GT')
    const page =
      'query ($search: PersonSearch!) { persons(countries: ["GT"], search: $search) { edges { node { id } } } }'
    const answer = (await ask(page, { search: { name } })) as {
      readonly data: { readonly persons: { readonly edges: readonly { readonly node: { readonly id: string } }[] } }
    }
    expect(answer.data.persons.edges.map(({ node }) => node.id)).toEqual(expected)
    expect(findPersons(PEOPLE, { name }).map(({ id }) => id)).toEqual(expected)
  })
})
