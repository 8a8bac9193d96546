import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LAUNCHER, PACKS } from './packs.ts'
import { findContents } from './stage.ts'

const ROOT = join(import.meta.dirname, '../..')

interface Manifest {
  readonly version: string
  readonly workspaces: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest
}

const { workspaces, version } = manifestOf('.')

describe('workspaces', () => {
  it('have the version of the project', () => {
    expect(workspaces.filter((name) => manifestOf(name).version !== version)).toEqual([])
  })

  it('are all folders at the top that have a package.json', () => {
    const folders = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    const found = folders.filter(({ name }) => readdirSync(join(ROOT, name)).includes('package.json'))
    expect(found.map(({ name }) => name).toSorted()).toEqual(workspaces.toSorted())
  })
})

describe.each(PACKS)('the pack $name', (pack) => {
  const { closure } = findContents(ROOT, pack)

  it('needs only packages that are listed in the folders of its modules', () => {
    const folders = new Set(closure.modules.map((path) => path.slice(0, path.indexOf('/'))))
    const manifests = [...folders].map(manifestOf)
    const listed = new Set(
      manifests.flatMap(({ dependencies, optionalDependencies }) =>
        Object.keys({ ...dependencies, ...optionalDependencies }),
      ),
    )
    expect([...closure.packages, ...closure.readPackages].filter((name) => !listed.has(name))).toEqual([])
  })

  it('contains neither tests nor the demo', () => {
    const strangers = closure.modules.filter((path) =>
      /^(demo|tests|bench|tools)\/|\.test\.ts$|testing\.ts$/.test(path),
    )
    expect(strangers).toEqual([])
  })

  it('starts with a script that imports only Node’s own modules', () => {
    const imports = readFileSync(join(ROOT, LAUNCHER), 'utf8').matchAll(/from '([^']+)'/g)
    expect([...imports].map(([, specifier]) => specifier).filter((name) => !name?.startsWith('node:'))).toEqual([])
  })
})

describe('the pack of an authority', () => {
  it('contains the server, its database and what an officer’s tool needs, and neither a gateway nor a node', () => {
    const authority = PACKS.find(({ name }) => name === 'authority') ?? PACKS[0]
    const found = authority === undefined ? null : findContents(ROOT, authority)
    const folders = new Set(found?.closure.modules.map((path) => path.slice(0, path.indexOf('/'))))
    expect([...folders].filter((name) => ['gateway', 'subgraphs', 'composition', 'oversight'].includes(name))).toEqual(
      [],
    )
    expect(found?.closure.modules).toEqual(expect.arrayContaining(['authority/main.ts', 'clients/client.ts']))
    expect(found?.packages.map(({ name }) => name)).toContain('@electric-sql/pglite')
  })
})

describe('the pack of a national node', () => {
  it('does not contain a package of Apollo’s gateway or of GraphiQL’s page', () => {
    const node = PACKS.find(({ name }) => name === 'node') ?? PACKS[0]
    const names = node === undefined ? [] : findContents(ROOT, node).packages.map(({ name }) => name)
    const unwanted = /^(react.*|graphiql|@apollo\/(query-.*|composition|gateway|server|federation-internals))$/
    expect(names.filter((name) => unwanted.test(name))).toEqual([])
    expect(names).toContain('@apollo/subgraph')
  })
})
