/**
 * `npm run test:full`: runs the parts that are too long for CI, one after the other, and writes each result to `docs/test-full.md`.
 * Exits with 1 if a part failed.
 */
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { PARTS, type Part } from './parts.ts'
import { formatPage, parseResults, type Result, withResult } from './results.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PAGE = join(ROOT, 'docs/test-full.md')

const TEST_FULL = {
  name: 'npm run test:full --',
  description: 'Runs the parts that are too long for CI, and writes each result to docs/test-full.md.',
  options: {
    only: {
      flag: 'only',
      value: 'part',
      meaning: 'run this part only; without it, all of them',
      expected: `one of ${PARTS.map(({ name }) => name).join(', ')}`,
      parse: (text: string) => PARTS.find(({ name }) => name === text),
    },
    dry: { flag: 'dry', value: null, meaning: 'run few cases of each part, and write no result' },
  },
} as const satisfies CommandSpec

await runCommand(TEST_FULL, process.argv.slice(2), ({ only, dry }) => {
  const results = (only === undefined ? PARTS : [only]).map((part) => {
    const result = runPart(part, dry)
    // Written after each part, so that an interrupted run does not lose its results.
    if (!dry) writeResult(result)
    return result
  })
  for (const { part, cases, result, seconds } of results)
    console.log(`${part}: ${result}, ${cases} cases, ${seconds} s`)
  if (results.some(({ result }) => result === 'failed')) process.exitCode = 1
})

function runPart({ name, command, size }: Part, isDry: boolean): Result {
  const cases = isDry ? size.dry : size.full
  const [program = '', ...args] = size.variable === undefined ? [...command, String(cases)] : command
  const startedAt = performance.now()
  // `npm test` has the cases of the code. The full tests look for faults that these do not show (docs/decisions/0068).
  const seed = String(randomInt(2 ** 31))
  console.log(`\n== ${name}: ISTMO_PROPERTY_SEED=${seed} ${[program, ...args].join(' ')}`)
  const { status } = spawnSync(program, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      ...process.env,
      ISTMO_PROPERTY_SEED: seed,
      ISTMO_FUZZ_SEED: seed,
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
