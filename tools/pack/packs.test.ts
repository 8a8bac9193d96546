import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LAUNCHER, listPackFiles, PACKS } from './packs.ts'
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

/** The commands that units run, by the list of cli/commands that has them. */
const COMMANDS_OF: Readonly<Record<string, readonly string[]>> = {
  GATEWAY_COMMANDS: ['gateway'],
  NODE_COMMANDS: ['node'],
  JOINING_COMMANDS: ['sync', 'doctor', 'backup'],
  AUTHORITY_COMMANDS: ['authority'],
  OVERSIGHT_COMMANDS: ['oversight'],
  AUDIT_LOG_COMMANDS: ['witness', 'audit'],
  CERTIFICATE_COMMANDS: ['ca'],
}

it('the gateway’s pack contains the supergraph', () => {
  const gateway = PACKS.find(({ name }) => name === 'gateway') ?? PACKS[0]
  expect(gateway && listPackFiles(ROOT, gateway)).toContain('supergraph.graphql')
})

it('each unit is in a pack, hardened as the node’s is, and only those that read files again have a reload', () => {
  const units = readdirSync(join(ROOT, 'docs/systemd'))
  const packed = PACKS.flatMap((pack) => listPackFiles(ROOT, pack))
  expect(units.filter((name) => !packed.includes(`docs/systemd/${name}`))).toEqual([])
  const read = (name: string): string => readFileSync(join(ROOT, `docs/systemd/istmo-${name}.service`), 'utf8')
  const [, hardening = ''] = /^(UMask=[\s\S]*)$/m.exec(read('node')) ?? []
  for (const name of ['gateway', 'authority', 'witness', 'oversight']) {
    expect([name, read(name).endsWith(hardening)]).toEqual([name, true])
    expect(read(name)).toMatch(/^Restart=on-failure\n[\s\S]*^RestartPreventExitStatus=2$/m)
    expect([name, /^ExecReload=.*HUP/m.test(read(name))]).toEqual([name, ['gateway', 'authority'].includes(name)])
  }
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

  it('contains the page of its role, in Spanish too if there is one, each page that this one links to, and units that run its commands', () => {
    const files = listPackFiles(ROOT, pack)
    const languages = [pack.page, pack.page.replace('docs/', 'docs/es/')].filter((path) => existsSync(join(ROOT, path)))
    expect(files).toEqual(expect.arrayContaining(languages))
    const page = readFileSync(join(ROOT, pack.page), 'utf8')
    const linked = [...page.matchAll(/\]\(((?:es\/)?[\w-]+\.md)(?:#[^)]*)?\)/g)].map(([, name]) => `docs/${name}`)
    expect(linked.filter((path) => !files.includes(path))).toEqual([])
    const program = readFileSync(join(ROOT, pack.entry), 'utf8')
    const units = files.filter((path) => path.endsWith('.service'))
    expect(units.length).toBeGreaterThan(1)
    for (const unit of units) {
      const [, command = ''] = /^ExecStart=.*\bistmo (\w+)/m.exec(readFileSync(join(ROOT, unit), 'utf8')) ?? []
      expect([unit, Object.entries(COMMANDS_OF).find(([, names]) => names.includes(command))?.[0]]).toEqual([
        unit,
        expect.toSatisfy((list: string) => program.includes(list)),
      ])
    }
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
