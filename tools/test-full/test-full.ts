/**
 * `npm run test:full`: runs the parts that are too long for CI, one after the other, and writes each result to `docs/test-full.md`.
 * Exit code 1 when a part failed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { PARTS, type Part } from './parts.ts'
import { formatPage, parseResults, type Result, withResult } from './results.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PAGE = join(ROOT, 'docs/test-full.md')

const { values } = parseArgs({ options: { only: { type: 'string' }, dry: { type: 'boolean', default: false } } })
const parts = PARTS.filter(({ name }) => values.only === undefined || values.only === name)
if (parts.length === 0) {
  throw new TypeError(`--only: expected one of ${PARTS.map(({ name }) => name).join(', ')}; came another name`)
}
const results = parts.map((part) => {
  const result = runPart(part, values.dry)
  // Written after each part, so that a run that is cut off keeps what it has.
  if (!values.dry) writeResult(result)
  return result
})
for (const { part, cases, result, seconds } of results) console.log(`${part}: ${result}, ${cases} cases, ${seconds} s`)
process.exitCode = results.every(({ result }) => result === 'passed') ? 0 : 1

function runPart({ name, command, size }: Part, isDry: boolean): Result {
  const cases = isDry ? size.dry : size.full
  const [program = '', ...args] = size.variable === undefined ? [...command, String(cases)] : command
  const startedAt = performance.now()
  console.log(`\n== ${name}: ${[program, ...args].join(' ')}`)
  const { status } = spawnSync(program, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter),
      ...(size.variable === undefined ? {} : { [size.variable]: String(cases) }),
    },
  })
  const seconds = Math.round((performance.now() - startedAt) / 1_000)
  const date = new Date().toISOString().slice(0, 10)
  return { date, commit: readCommit(), part: name, cases, result: status === 0 ? 'passed' : 'failed', seconds }
}

function readCommit(): string {
  const git = (...args: string[]): string => spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' }).stdout.trim()
  const isChanged = git('status', '--porcelain', '--untracked-files=no', '--', ':!docs/test-full.md') !== ''
  return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? '+' : ''}`
}

function writeResult(result: Result): void {
  const earlier = existsSync(PAGE) ? parseResults(readFileSync(PAGE, 'utf8')) : []
  writeFileSync(PAGE, formatPage(PARTS, withResult(earlier, result)))
}
