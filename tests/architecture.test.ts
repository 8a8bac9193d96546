import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ERRORS } from '../contract/errors.ts'
import { OUTCOME_CODES } from '../contract/outcome.ts'
import {
  cyclesOf,
  environmentReads,
  functionSizes,
  lineAt,
  type Module,
  membersOf,
  nodesOf,
  parseModule,
  percentile,
  placesOf,
  readModules,
  readProjectFile,
  stringsOf,
  undocumentedExports,
} from '../tools/structure/modules.ts'
import { engineImports, repeatedAllowances, strayImports, unusedAllowances } from './architecture/imports.ts'
import { raisedIn } from './architecture/raised-codes.ts'

const MODULES = readModules()
const PRODUCTION = MODULES.filter(({ isTest }) => !isTest)
const ENVIRONMENT_FILES = [
  'gateway/process/config.ts',
  'subgraphs/kit/config.ts',
  'authority/config.ts',
  'joining/environment.ts',
  'demo/config.ts',
  // Before any command loads graphql-js, which reads NODE_ENV itself.
  'cli/program.ts',
  // Before the other is loaded: it says where the compiled code of modules is kept.
  'demo/start.ts',
  // For the tests: each process that has a database looks for a prepared one.
  'service/prepared-database.ts',
]

describe('rooms', () => {
  it('import only what their import rule allows', () => {
    expect(strayImports(MODULES)).toEqual([])
  })

  it.each([
    ['gateway/gather/a.ts', "import { b } from '../spread/b.ts'"],
    ['subgraphs/cases/a.ts', "import { b } from '../persons/b.ts'"],
    ['subgraphs/kit/a.ts', "import { b } from '../cases/b.ts'"],
    ['subgraphs/kit/a.ts', "export { b } from '../../gateway/types/flow.ts'"],
    ['contract/a.ts', "await import('../gateway/types/flow.ts')"],
    ['audit/a.ts', "import type { B } from '../contract/b.ts'"],
    ['demo/a.ts', "import { b } from '../subgraphs/kit/testing.ts'"],
    ['demo/a.ts', "import { b } from '../gateway/main.ts'"],
    ['demo/a.ts', "import { b } from '../subgraphs/kit/sql.ts'"],
    ['demo/supervisor/a.ts', "import { b } from '../../service/country-file.ts'"],
    ['service/a.ts', "import { b } from '../gateway/types/flow.ts'"],
    ['service/a.ts', "import { b } from '../audit/log/log.ts'"],
    ['composition/a.ts', "import { b } from '../gateway/plan/compile.ts'"],
    ['gateway/plan/a.ts', "import { b } from '../../composition/compose.ts'"],
    ['gateway/front/a.ts', "import { b } from '../process/config.ts'"],
    ['gateway/pipeline/a.ts', "import { b } from '../../service/version.ts'"],
    ['auditors/oversight/a.ts', "import { b } from '../../gateway/types/flow.ts'"],
    ['gateway/pipeline/a.ts', "import { b } from '../front/front.ts'"],
    ['cli/a.ts', "import { b } from '../gateway/pipeline/engine.ts'"],
    ['cli/a.ts', "import { b } from '../service/country-file.ts'"],
    ['a-new-folder/a.ts', "import { b } from '../contract/errors.ts'"],
    ['gateway/main.ts', "import { b } from '../demo/b.ts'"],
    ['subgraphs/domains.ts', "import { b } from '../tools/b.ts'"],
  ])('would be reported if %s had %s', (path, text) => {
    expect(strayImports([parseModule(path, text)])).toHaveLength(1)
  })

  it('are allowed nothing that they do not import', () => {
    expect(unusedAllowances(MODULES)).toEqual([])
    expect(unusedAllowances([])).toContain('demo/ → cli/program.ts')
  })

  it('are allowed each import once', () => {
    expect(repeatedAllowances()).toEqual([])
    const allowed = ['audit/', 'contract/', 'audit/note/key.ts', 'contract/']
    expect(repeatedAllowances([{ place: 'a/', allowed }])).toEqual(['a/ → audit/note/key.ts', 'a/ → contract/'])
  })

  it('do not import each other in a circle', () => {
    expect(cyclesOf(MODULES)).toEqual([])
    const circle = ["import './b.ts'", "export * from './c.ts'", "import type { A } from './a.ts'"]
    const modules = circle.map((text, index) => parseModule(`contract/${'abc'[index]}.ts`, text))
    expect(cyclesOf(modules)).toEqual(['contract/a.ts → contract/b.ts → contract/c.ts → contract/a.ts'])
  })

  it('do not import Apollo’s engine, except for the plan room and composition', () => {
    expect(engineImports(MODULES)).toEqual([])
    expect(engineImports([parseModule('cli/a.ts', "import '@apollo/composition'")])).toHaveLength(1)
  })

  it('find only types in gateway/types', () => {
    const modules = MODULES.filter(({ path }) => path.startsWith('gateway/types/'))
    const kinds = modules.flatMap(({ program }) =>
      program.body.map((node) => (node.type === 'ExportNamedDeclaration' ? node.declaration?.type : node.type)),
    )
    expect(new Set(kinds)).toEqual(new Set(['ImportDeclaration', 'TSInterfaceDeclaration', 'TSTypeAliasDeclaration']))
  })
})

describe('the code', () => {
  it('reads the environment in only one file of each process', () => {
    // To walk through all modules takes seconds, and few have the word.
    const named = PRODUCTION.filter(({ text }) => /\bprocess\b/.test(text))
    const others = named.filter(({ path }) => !ENVIRONMENT_FILES.includes(path))
    expect(others.flatMap(environmentReads)).toEqual([])
    const reading = 'readDemoConfig(process.env)\nconst home = process.env.HOME'
    expect(environmentReads(parseModule('cli/a.ts', reading))).toEqual(['cli/a.ts:2'])
  })

  it('has no `any`', () => {
    const named = MODULES.filter(({ text }) => /\bany\b/.test(text))
    expect(named.flatMap((module) => placesOf(module, 'TSAnyKeyword'))).toEqual([])
    expect(placesOf(parseModule('a.ts', 'const a: any = 1'), 'TSAnyKeyword')).toEqual(['a.ts:1'])
  })

  it('does not name a source file in a message, because operators do not have the sources', () => {
    const isMessage = (text: string) => /\w\.ts\b/.test(text) && /\s/.test(text)
    const found = PRODUCTION.filter(({ path }) => !path.startsWith('tools/'))
      .flatMap(stringsOf)
      .filter(isMessage)
    expect(found).toEqual([])
    const planted = 'throw new Error(`see gateway/config.ts for the settings`)'
    expect(stringsOf(parseModule('a.ts', planted)).filter(isMessage)).toHaveLength(1)
  })

  it('reads command lines in only one file', () => {
    const readers = MODULES.filter(({ text, isTest }) => !isTest && /from 'commander'|\bparseArgs\b/.test(text))
    expect(readers.map(({ path }) => path)).toEqual(['service/command-line.ts'])
  })

  it('reads lines of files with `readLines`, because `node:readline` ends a line at U+2028 too', () => {
    const endsLinesEarly = (text: string) => /from 'node:readline'|\.readLines\(/.test(text)
    expect(PRODUCTION.filter(({ text }) => endsLinesEarly(text)).map(({ path }) => path)).toEqual([])
    expect(endsLinesEarly("import { createInterface } from 'node:readline'")).toBe(true)
  })

  it('asks servers with `createTrustedFetch`, because the platform’s `fetch` decodes Brotli, which is taken from no one', () => {
    // The console runs in a browser, and a tool gives the clients its own.
    const isOther = /^(console|clients|tools|bench)\//
    const asks = ({ text }: Pick<Module, 'text'>) => /(?<![.\w]|function )fetch\((?!\))|globalThis\.fetch/.test(text)
    const found = PRODUCTION.filter(({ path }) => !isOther.test(path)).filter(asks)
    expect(found.map(({ path }) => path)).toEqual([])
    expect([asks({ text: 'await fetch(url)' }), asks({ text: 'globalThis.fetch' })]).toEqual([true, true])
  })

  it('has a default export only in the settings of developers’ tools', () => {
    const found = MODULES.filter(({ path, text }) => !path.endsWith('.config.ts') && /\bdefault\b/.test(text))
    expect(found.flatMap((module) => placesOf(module, 'ExportDefaultDeclaration'))).toEqual([])
  })

  it('documents every export', () => {
    expect(PRODUCTION.flatMap(undocumentedExports)).toEqual([])
    const text = '/** Documented. */\nexport const a = 1\nexport const b = 2'
    expect(undocumentedExports(parseModule('a.ts', text))).toEqual(['a.ts:3'])
  })

  it('does not mock a module or skip a test', () => {
    const suspects = MODULES.filter(({ text }) => /mock|skip|only|todo|fails/i.test(text))
    const names = suspects
      .flatMap(membersOf)
      .filter(({ name }) => /^vi\.(do)?(un)?mock$|^(it|test|describe)\.(skip|only|todo|fails)$/i.test(name))
    expect(names).toEqual([])
  })

  it('writes each member of an object on a line of its own, and packs none into a spread of a literal', () => {
    expect(PRODUCTION.flatMap(packedMembers)).toEqual([])
    const text = 'const a = {\n  ...{ b, c },\n  ...(d && { e }),\n  ...f,\n}'
    expect(packedMembers(parseModule('a.ts', text))).toEqual(['a.ts:2'])
  })

  it('keeps 95 % of the functions under 40 lines', () => {
    const lengths = PRODUCTION.flatMap(functionSizes).map(({ lines }) => lines)
    expect(percentile(lengths, 0.95)).toBeLessThan(40)
  })

  it('has no function over 60 lines outside the test files', () => {
    const others = MODULES.filter(({ path }) => !/\.test\.tsx?$/.test(path))
    expect(longFunctions(others)).toEqual([])
    const text = (lines: number) => `function a() {\n${'a()\n'.repeat(lines - 2)}}`
    expect(longFunctions([parseModule('a.ts', text(60)), parseModule('b.ts', text(61))])).toEqual(['b.ts:1'])
  })
})

/** Finds the spreads of literals, such as `...{ a, b }`, and returns their places. */
function packedMembers(module: Module): readonly string[] {
  return nodesOf(module).flatMap((node) =>
    node.type === 'SpreadElement' && node.argument.type === 'ObjectExpression' ? [lineAt(module, node.start)] : [],
  )
}

/** Finds the functions over 60 lines and returns their places. */
function longFunctions(modules: readonly Module[]): readonly string[] {
  return modules.flatMap(functionSizes).flatMap(({ at, lines }) => (lines > 60 ? [at] : []))
}

describe('error codes', () => {
  const codes = Object.keys(ERRORS)
  const raised = new Set(PRODUCTION.filter(({ path }) => !path.startsWith('demo/')).flatMap(raisedIn))

  it('are all raised: thrown, or given as an outcome or an error', () => {
    // Apollo Server raises it, and the front lets it pass.
    const byApollo = ['PERSISTED_QUERY_NOT_SUPPORTED']
    expect(codes.filter((code) => !raised.has(code))).toEqual(byApollo)
    const ofOutcomes = Object.entries(OUTCOME_CODES).flatMap(([reach, list]) => [reach, ...list])
    expect(ofOutcomes.filter((code) => code !== null && !raised.has(code))).toEqual([])
  })

  it.each([
    ["throw new IstmoError('A')", true],
    ["const outcome = { reach: 'UNAVAILABLE', code: isDown ? 'A' : null }", true],
    ["const codeOf = () => other ?? 'A'", true],
    ["function codeOf() { return 'A' }", true],
    ["noteFinding('A', coordinate)", true],
    ["const CODES = ['A'] as const", false],
    ["if (error.code === 'A') stop()", false],
    ["type Code = 'A'", false],
    ["const schema = z.enum(['A']); const one = z.literal('A')", false],
    ["const kinds = { A: 1, kind: 'A' }", false],
    ["if (list.includes('A')) stop()", false],
    ["switch (code) { case 'A': stop() }", false],
  ])('are recognised as raised or not: %s', (text, isRaised) => {
    expect(raisedIn(parseModule('a.ts', text)).includes('A')).toBe(isRaised)
  })

  it.each([
    ['docs/operating.md', /<!-- errors -->(.*)<!-- \/errors -->/s],
    ['docs/errores.md', /<!-- errors-es -->(.*)<!-- \/errors-es -->/s],
  ])('are exactly those that %s documents', (page, table) => {
    const section = table.exec(readProjectFile(page))?.[1] ?? ''
    expect([...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code)).toEqual(codes)
  })
})

describe('a connection to a foreign host', () => {
  const guard = new URL('./architecture/socket-guard.ts', import.meta.url).href
  const engine = fileURLToPath(new URL('./architecture/load-engine.ts', import.meta.url))
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, ['--no-warnings', `--import=${guard}`, ...args], { encoding: 'utf8', env })

  it('is not opened by loading the engine, composing and planning', () => {
    const { stdout, stderr } = run([engine])
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^PLANNED [1-9]\d*\n$/)
  })

  it('would be reported if the stock gateway were allowed to send its figures', () => {
    expect(run([engine], { APOLLO_TELEMETRY_DISABLED: '0' }).stdout).toMatch(/^DIALLED /m)
  })

  it.each([
    ['fetch', "await fetch('http://192.0.2.1/')"],
    ['a host name', "(await import('node:net')).connect(80, 'telemetry.example')"],
    ['a datagram', "(await import('node:dgram')).createSocket('udp4').send('x', 53, '192.0.2.1')"],
    ['a DNS resolver', "(await import('node:dns')).resolve4('telemetry.example', () => {})"],
  ])('would be reported if code opened it by %s', (_, text) => {
    expect(run(['--input-type=module', '--eval', text]).stdout).toMatch(/^DIALLED .*(192\.0\.2\.1|telemetry\.example)/)
  })

  it('is not risked in production, which does not import @apollo/gateway', () => {
    const loaders = PRODUCTION.filter(({ imports }) => imports.some(({ specifier }) => specifier === '@apollo/gateway'))
    expect(loaders.map(({ path }) => path)).toEqual([])
  })
})
