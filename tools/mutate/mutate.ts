/**
 * Mutation testing of one room: `npm run mutate -- ROOM`. Changes the code of the room in one place at a time, in a copy, and runs
 * the room's tests. A change that no test notices is a survivor: write a test, or explain it in `explained.json`.
 *
 * - `--only FILE` mutates one file of the room; `FILE:10-20` only those lines. May be repeated.
 * - `--sample SHARE` tests a share of the mutants, such as 0.2; `--seed N` chooses others.
 * - `--seconds N` ends after so many seconds, with what was found by then.
 * - `--json FILE` writes the result: the score, and each mutant with its status.
 * - `--min PERCENT` exits with 1 when the score is lower. An explained survivor counts as killed.
 * - `--verbose` prints what Stryker says.
 *
 * Exits with 1 too when an entry of `explained.json` matches no mutant; only a whole run of a file can tell.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeInCheckout } from './mutant.ts'
import { ROOMS } from './rooms.ts'
import { type Explanation, type Score, scoreMutants } from './score.ts'
import { runStryker } from './stryker.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true },
    sample: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string' },
    json: { type: 'string' },
    min: { type: 'string', default: '0' },
    verbose: { type: 'boolean', default: false },
  },
})
const [name = ''] = positionals
const room = ROOMS[name]
if (room === undefined) {
  process.stderr.write(`expected a room: ${Object.keys(ROOMS).join(', ')}; came «${name}»\n`)
  process.exit(2)
}

const sample = readNumber('sample', values.sample)
const min = readNumber('min', values.min)
const began = Date.now()
const { mutants, isCutShort } = await runStryker({
  root: ROOT,
  sources: values.only ?? room.sources,
  tests: room.tests,
  seconds: values.seconds === undefined ? undefined : readNumber('seconds', values.seconds),
  sample,
  seed: readNumber('seed', values.seed),
  isVerbose: values.verbose,
})
const described = mutants.map((mutant) => ({ ...mutant, text: describeInCheckout(ROOT, mutant) }))
const score = scoreMutants(described, readExplanations())
const isWhole = !isCutShort && sample >= 1 && !values.only?.some((file) => /:\d/.test(file))
printScore(score)
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ room: name, isWhole, ...score, mutants: described }, null, 2)}\n`)
}
process.exitCode = score.percent < min || (isWhole && score.unmatched.length > 0) ? 1 : 0

function readNumber(option: string, text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  process.stderr.write(`expected a number for --${option}; came «${text}»\n`)
  process.exit(2)
}

function readExplanations(): readonly Explanation[] {
  return JSON.parse(readFileSync(new URL('explained.json', import.meta.url), 'utf8'))
}

function printScore({ killed, explained, survivors, percent, unmatched }: Score): void {
  const lines = survivors.map(({ fileName, location, mutatorName, status, text }) => {
    const uncovered = status === 'NoCoverage' ? ', no test runs it' : ''
    return `${fileName}:${location.start.line} (${mutatorName}${uncovered}) ${text}`
  })
  const missing = isWhole
    ? unmatched.map(({ file, mutant }) => `explained.json matches no mutant: ${file} ${mutant}`)
    : []
  const seconds = Math.round((Date.now() - began) / 1000)
  const cut = isCutShort ? ', cut short' : ''
  const sum = `${name}: ${percent.toFixed(1)} % (${killed} killed, ${explained} explained, ${survivors.length} survived) in ${seconds} s${cut}`
  process.stdout.write(`${[...lines, ...missing, sum].join('\n')}\n`)
}
