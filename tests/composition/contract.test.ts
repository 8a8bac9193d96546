import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compose } from '../../composition/compose.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const SHARED = join(ROOT, '../shared')

/** `cooperation` of 1.2 comes with the domain of that name. */
const SDL_VERSION = '1.2'

/**
 * Reads a page of the contract's design.
 * @param shared the folder of the design documents. It is beside the project on some machines only.
 * @throws {Error} if the folder has no such page.
 */
function designPage(shared: string, name: string): string {
  return readFileSync(join(shared, `design/contract-${SDL_VERSION}/${name}.graphql`), 'utf8')
}

describe('the contract', () => {
  const copies = [
    ...['header', 'istmo', 'common'].map((name) => [name, `contract/schema/${name}.graphql`] as const),
    ...DOMAINS.map((domain) => [domain, `subgraphs/${domain}/schema.graphql`] as const),
  ]

  // Where the folder is not beside the project there is nothing to compare with. Where it is, a page that is missing fails the test.
  it.runIf(existsSync(SHARED)).each(copies)('contains %s.graphql byte for byte', (name, path) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toBe(designPage(SHARED, name))
  })

  it('is not taken for right where the design documents are there and a page of them is not', () => {
    const shared = mkdtempSync(join(tmpdir(), 'istmo-shared-'))
    try {
      expect(() => designPage(shared, 'cases')).toThrow('contract-1.2/cases.graphql')
    } finally {
      rmSync(shared, { recursive: true })
    }
  })

  it.each(DOMAINS)('is the source of the SDL of %s that supergraph.yaml names', (domain) => {
    expect(readFileSync(join(ROOT, `subgraphs/${domain}/domain.graphql`), 'utf8')).toBe(domainSdl(domain))
  })

  it('composes with only one kind of hint: two domains describe a record differently', () => {
    const { hints } = compose(join(ROOT, 'supergraph.yaml'))
    expect(new Set(hints.map(({ code }) => code))).toEqual(new Set(['INCONSISTENT_DESCRIPTION']))
  })
})

/** A script that asks the modules of the copy whether a new column of cases has reached them. */
const WHAT_FOLLOWS = `
  import { CASES } from './subgraphs/cases/tables.ts'
  import { compile } from './subgraphs/kit/sql.ts'
  import { listFilledKinds } from './joining/sync/stage-tables.ts'
  import { ROW_TABLES } from './joining/check/parts/rows.ts'
  import { RECORD_TYPES } from './joining/conformance/catalog.ts'
  import { CASE_FILE } from './demo/importers/run-import.ts'
  const plan = { kind: 'cases', columns: [], counted: null, derived: null }
  console.log(JSON.stringify({
    selected: compile(CASES.select).text.includes('c.clerk'),
    synchronised: listFilledKinds({ feeds: [{ records: [plan] }] })[0].columns.includes('clerk'),
    checked: ROW_TABLES.find(({ table }) => table === 'cases.case_file').columns.clerk,
    asked: RECORD_TYPES.find(({ name }) => name === 'Case').fields.includes(' clerk '),
    made: CASE_FILE.columns.includes('clerk'),
  }))`

/** What `npm run generate` reads and writes. */
const COPIED = [
  'tools/generate',
  'tools/browser-modules',
  'tools/check-page',
  'console/src/documents',
  'console/trusted-documents.json',
  'clients',
  'auditors',
  'cli',
  'contract',
  'gateway',
  'composition',
  'service',
  'audit',
  'subgraphs',
  'joining',
  'docs',
  'demo/across-borders.graphql',
  'demo/importers',
  'demo/three-profiles.graphql',
  'package.json',
  'supergraph.yaml',
  'supergraph.graphql',
]

/** A change of a part of the contract: a new field of Case. */
const CLERK = ['  prosecutor: String', '  clerk: String\n  prosecutor: String'] as const

describe('npm run generate', () => {
  // One folder for all tests: Node keeps the compiled code of a module by its path.
  const copy = mkdtempSync(join(tmpdir(), 'istmo-generate-'))
  beforeEach(() => {
    for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  })
  afterEach(() => {
    for (const name of readdirSync(copy)) rmSync(join(copy, name), { recursive: true })
  })
  afterAll(() => rmSync(copy, { recursive: true }))

  function run(...args: readonly string[]) {
    return spawnSync(process.execPath, ['--no-warnings', ...args], { cwd: copy, encoding: 'utf8' })
  }
  const generate = (...args: readonly string[]) => run('tools/generate/generate.ts', ...args)
  const writtenBy = ({ stdout }: ReturnType<typeof run>) =>
    [...stdout.matchAll(/^(.*): written$/gm)].map(([, name]) => name)
  function change(name: string, from: string, to: string): void {
    const text = readFileSync(join(copy, name), 'utf8')
    expect(text).toContain(from)
    writeFileSync(join(copy, name), text.replace(from, to))
  }

  it('finds each change by hand and of the contract, writes nothing with --check, and corrects those by hand and no other file without', () => {
    const changes = [
      ['supergraph.graphql', 'type Query', '# by hand\ntype Query'],
      ['subgraphs/legal/domain.graphql', 'type Statute', '# by hand\ntype Statute'],
      ['docs/operating.md', '| `TOKEN_MISSING` | 401 |', '| `TOKEN_MISSING` | 402 |'],
      ['docs/errores.md', '| `TOKEN_MISSING` | Para esto', '| `TOKEN_MISSING` | A mano'],
    ] as const
    const names = changes.map(([name]) => name)
    const texts = () => names.map((name) => readFileSync(join(copy, name), 'utf8'))
    const before = texts()
    for (const [name, from, to] of changes) change(name, from, to)
    const changed = texts()
    change('subgraphs/cases/schema.graphql', ...CLERK)
    const { status, stderr } = generate('--check')
    expect(status).toBe(1)
    for (const name of ['subgraphs/cases/domain.graphql', ...names]) expect(stderr).toContain(`${name}: expected what`)
    expect(texts()).toEqual(changed)
    change('subgraphs/cases/schema.graphql', CLERK[1], CLERK[0])
    const corrected = generate()
    expect(corrected.status).toBe(0)
    expect(writtenBy(corrected).toSorted()).toEqual(names.toSorted())
    expect(texts()).toEqual(before)
  })

  it('needs three files by hand for a field of Case, as docs/where-do-i-change.md says', () => {
    const byHand = [
      'contract/records/case-records.ts',
      'subgraphs/cases/migrations/999-clerk.sql',
      'subgraphs/cases/schema.graphql',
    ]
    change('subgraphs/cases/schema.graphql', ...CLERK)
    writeFileSync(join(copy, byHand[1] ?? ''), 'alter table cases.case_file add column clerk text;\n')
    change(
      'contract/records/case-records.ts',
      "      free('prosecutor',",
      "      free('clerk', TEXT, 'Who keeps the file.', 'Quien lleva el expediente.'),\n      free('prosecutor',",
    )
    const ended = generate()
    expect(ended.status).toBe(0)
    expect(readFileSync(join(copy, 'supergraph.graphql'), 'utf8')).toContain('clerk: String')
    expect(writtenBy(ended)).toEqual([
      'subgraphs/cases/domain.graphql',
      'supergraph.graphql',
      'docs/mapping.md',
      'docs/es/mapping.md',
      'joining/mapping/mapping.schema.json',
      'contract/client/schema.graphql',
      'contract/client/schema.es.graphql',
    ])
    const page = readFileSync(join(copy, 'docs/where-do-i-change.md'), 'utf8')
    expect(page).toContain(`| [a field of Case](#a-field-of-case) | ${byHand.length} |`)
    for (const name of byHand.slice(1)) expect(page).toContain(dirname(name))

    // What follows from the table without another edit.
    expect(JSON.parse(run('--input-type=module', '--eval', WHAT_FOLLOWS).stdout)).toEqual({
      selected: true,
      synchronised: true,
      checked: 'Case.clerk',
      asked: true,
      made: true,
    })
    expect(readFileSync(join(copy, 'docs/es/mapping.md'), 'utf8')).toContain(
      '| `clerk` | texto | Quien lleva el expediente. |  |',
    )
    expect(readFileSync(join(copy, 'contract/client/schema.es.graphql'), 'utf8')).toContain(
      'Quien lleva el expediente.',
    )
  })

  it('reports what composition rejects, and does not change the supergraph', () => {
    const before = readFileSync(join(copy, 'supergraph.graphql'), 'utf8')
    change(
      'subgraphs/cases/schema.graphql',
      'case(id: ID!): Case @answeredBy(who: OWNER, argument: "id")',
      'case(id: ID!): Case',
    )
    const { status, stderr } = generate()
    expect(status).toBe(1)
    expect(stderr).toContain('ROOT_FIELD_WITHOUT_ANSWERED_BY [cases] Query.case: expected @answeredBy; came none.')
    expect(readFileSync(join(copy, 'supergraph.graphql'), 'utf8')).toBe(before)
  })
})
