/** What `.ci/run` prints once more at its end: what failed, where, and how each error begins. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const CI = join(import.meta.dirname, '../../.ci')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'istmo-ci-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Ends a run with the reporter, which sees the modules and errors that `source` makes, and returns what it wrote. */
function report(source: string): string {
  const errors = join(folder, 'errors')
  const program = `import Reporter from ${JSON.stringify(join(CI, 'errors.mjs'))}; new Reporter().onTestRunEnd(${source})`
  const env = { ...process.env, ISTMO_CI_ERRORS: errors }
  execFileSync(process.execPath, ['--input-type=module', '-e', program], { env, cwd: folder })
  return errors
}

/** Prints what failed in a step, and returns it with the lines that name each failure. */
function print(errors: string, step: string): { readonly printed: string; readonly names: readonly string[] } {
  const names = join(folder, 'names')
  writeFileSync(names, '')
  const args = [join(CI, 'report.mjs'), 'failures', errors, step, names]
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8' })
  return { printed, names: readFileSync(names, 'utf8').split('\n').slice(0, -1) }
}

/** The source of a module with one test that failed, as vitest gives it. */
const moduleWith = (file: string, errors: string, before = '[]') => `{
  moduleId: ${JSON.stringify(file)},
  errors: () => ${before},
  children: {
    allSuites: () => [{ fullName: 'a suite', errors: () => [] }],
    allTests: () => [{ fullName: 'a suite > a test', result: () => ({ errors: ${errors} }) }],
  },
}`

it('names each test with its step and file, and prints where and how it failed', () => {
  const file = join(folder, 'a.test.ts')
  const error = `{ name: 'AssertionError', message: 'expected 246 to be 245', diff: '- 245\\n+ 246', stacks: [{ file: ${JSON.stringify(file)}, line: 7, column: 3 }] }`
  const errors = report(`[${moduleWith(file, `[${error}]`)}], []`)
  const { printed, names } = print(errors, 'tests on a server')
  const title = 'in «tests on a server»: a.test.ts > a suite > a test'
  expect(names).toEqual([title])
  expect(printed).toBe(
    `\n-- failed ${title}\n   AssertionError: expected 246 to be 245\n   at a.test.ts:7:3\n   - 245\n   + 246\n`,
  )
})

it('names a file that does not load, and an error that came outside all tests', () => {
  const broken = moduleWith(join(folder, 'b.test.ts'), '[]', `[{ name: 'SyntaxError', message: 'no such export' }]`)
  const errors = report(`[${broken}], [new Error('nobody awaited this')]`)
  const { printed, names } = print(errors, 'browser')
  expect(names).toEqual(['in «browser»: b.test.ts', 'in «browser»: outside all tests'])
  expect(printed).toMatch(/SyntaxError: no such export[\s\S]*Error: nobody awaited this\n {3} +at /)
  expect(JSON.parse(readFileSync(errors, 'utf8'))).toMatchObject({ outside: 1 })
})

it('prints the beginning of twenty errors, and names all of them', () => {
  const long = `Array.from({ length: 25 }, (_, at) => ({ name: 'E' + at, message: 'x'.repeat(999) + '\\nline'.repeat(40) }))`
  const { printed, names } = print(report(`[${moduleWith(join(folder, 'c.test.ts'), long)}], []`), 'slow')
  expect(names).toHaveLength(25)
  const lines = printed.split('\n')
  expect(lines.filter((line) => line.startsWith('-- failed'))).toHaveLength(20)
  expect(lines.filter((line) => line === '   line')).toHaveLength(20 * 14)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(250)
  expect(printed).toContain('-- and 5 more in «slow»')
})
