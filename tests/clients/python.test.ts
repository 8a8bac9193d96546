import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildSchema } from 'graphql'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { tokenHere } from './token.ts'

/** The Python package gql and graphql-core 3.2 of Debian, while El Salvador is down. */

/** Debian's Python, which has Debian's packages. Another one on the PATH does not. */
const PYTHON = '/usr/bin/python3'

interface Asked {
  readonly data: { readonly cases: { readonly edges: readonly unknown[]; readonly outcomes?: readonly unknown[] } }
  readonly errors: readonly unknown[]
}

interface Came {
  readonly version: string
  readonly withOutcomes: Asked
  readonly withoutOutcomes: Asked
  readonly faults: readonly string[]
  readonly types: readonly string[]
  readonly directives: readonly string[]
  readonly unknownField: readonly string[]
}

let came: Came

beforeAll(async () => {
  const { url } = inject('world')
  const { stdout } = await promisify(execFile)(PYTHON, [
    join(import.meta.dirname, 'python_client.py'),
    url,
    await tokenHere(),
  ])
  came = JSON.parse(stdout) as Came
})

describe('gql for Python', () => {
  it('is the version that rejects directive locations which it does not know', () => {
    expect(came.version).toMatch(/^3\.2\./)
  })

  it('gets the data of the countries that answered, and the error of the one that is down', () => {
    expect(came.withoutOutcomes.data.cases.edges).toHaveLength(3)
    expect(came.withoutOutcomes.errors).toEqual([{ code: 'UNAVAILABLE', country: 'SV', coordinate: 'Query.cases' }])
  })

  it('gets no error, but an outcome for each country, if it asks for outcomes', () => {
    expect(came.withOutcomes.errors).toEqual([])
    expect(came.withOutcomes.data.cases.outcomes).toEqual([
      { country: 'GT', reach: 'ANSWERED' },
      { country: 'HN', reach: 'ANSWERED' },
      { country: 'SV', reach: 'UNAVAILABLE' },
    ])
  })

  it('builds a valid schema from introspection, with types of the contract, and checks questions by it', async () => {
    expect(came.faults).toEqual([])
    const contract = buildSchema(await readFile(join(PROJECT_DIR, 'contract/client/schema.graphql'), 'utf8'))
    const names = Object.keys(contract.getTypeMap())
    expect(came.types.filter((name) => !names.includes(name))).toEqual([])
    expect(came.types).toEqual(expect.arrayContaining(['Case', 'CountryOutcome', 'Person', 'Query']))
    expect(came.directives).toEqual(expect.arrayContaining(['include', 'skip']))
    expect(came.unknownField).toEqual(["Cannot query field 'nothing' on type 'Case'."])
  })
})
