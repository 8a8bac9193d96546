/**
 * Mutation testing of one room: `npm run mutate -- ROOM`. Changes the code of the room in one place at a time, in a copy, and runs
 * the room's tests. A change that no test notices is a survivor: write a test, or explain it in `explained.json`.
 *
 * Exits with 1 when the score is lower than `--min` asks; an explained survivor counts as killed.
 * Exits with 1 too when an entry of `explained.json` matches no mutant; only a whole run of a file can tell.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../../service/command-line.ts'
import type { CommandLine, CommandSpec } from '../../service/command-spec.ts'
import { describeInCheckout } from './mutant.ts'
import { ROOMS } from './rooms.ts'
import { type Explanation, type Score, scoreMutants } from './score.ts'
import { runStryker } from './stryker.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const number = {
  value: 'number',
  expected: 'a number',
  parse: (text: string) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined),
} as const

const MUTATE = {
  name: 'npm run mutate --',
  description: 'Changes the code of a room in one place at a time, in a copy, and runs the room’s tests.',
  arguments: {
    room: {
      meaning: 'the room',
      expected: `one of ${Object.keys(ROOMS).join(', ')}`,
      parse: (text: string) => (ROOMS[text] === undefined ? undefined : text),
    },
  },
  options: {
    only: {
      flag: 'only',
      value: 'file',
      meaning: 'mutate one file of the room; FILE:10-20 only those lines',
      isRepeated: true,
    },
    sample: { flag: 'sample', meaning: 'test a share of the mutants, such as 0.2', default: '1', ...number },
    seed: { flag: 'seed', meaning: 'another seed chooses others', default: '1', ...number },
    seconds: { flag: 'seconds', meaning: 'end after so many seconds, with what was found by then', ...number },
    json: {
      flag: 'json',
      value: 'file',
      meaning: 'write the result: the score, and each mutant with its status',
      expected: 'the path of a file',
    },
    min: { flag: 'min', meaning: 'exit with 1 when the score in percent is lower', default: '0', ...number },
    verbose: { flag: 'verbose', value: null, meaning: 'print what Stryker says' },
  },
} as const satisfies CommandSpec

/** Gives the exit code. */
async function mutate(line: CommandLine<typeof MUTATE>): Promise<0 | 1> {
  const { room: name, only, sample, seed, seconds, json, min, verbose } = line
  const room = ROOMS[name]
  if (room === undefined) throw new Error(`expected a room; came ${name}`)
  const began = Date.now()
  const sources = only.length > 0 ? only : room.sources
  const run = { root: ROOT, sources, tests: room.tests, seconds, sample, seed, isVerbose: verbose }
  const { mutants, isCutShort } = await runStryker(run)
  const described = mutants.map((mutant) => ({ ...mutant, text: describeInCheckout(ROOT, mutant) }))
  const score = scoreMutants(described, readExplanations())
  const isWhole = !isCutShort && sample >= 1 && !only.some((file) => /:\d/.test(file))
  printScore(score, { name, isCutShort, isWhole, began })
  if (json !== undefined) {
    writeFileSync(json, `${JSON.stringify({ room: name, isWhole, ...score, mutants: described }, null, 2)}\n`)
  }
  return score.percent < min || (isWhole && score.unmatched.length > 0) ? 1 : 0
}

function readExplanations(): readonly Explanation[] {
  return JSON.parse(readFileSync(new URL('explained.json', import.meta.url), 'utf8'))
}

interface Run {
  readonly name: string
  readonly isCutShort: boolean
  /** Whether whole files were mutated to their end, so that an explanation without a mutant is out of date. */
  readonly isWhole: boolean
  /** Milliseconds since 1970. */
  readonly began: number
}

function printScore(score: Score, { name, isCutShort, isWhole, began }: Run): void {
  const { killed, explained, survivors, percent, unmatched } = score
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

await runCommand(MUTATE, process.argv.slice(2), mutate)
