/**
 * `npm run mutate -- ROOM`: mutation testing of one room. Changes the code of the room in one place at a time, in a copy, and runs the
 * room’s tests. A change that no test notices is a survivor: write a test, or explain it in `explained.json`.
 *
 * Exits with 1 if the score is lower than `--min`. An explained survivor counts as killed. After a complete run of a file, it also exits
 * with 1 if an entry of `explained.json` matches no mutant.
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
      meaning: 'mutate only this file of the room; with FILE:10-20, only these lines',
      isRepeated: true,
    },
    sample: { flag: 'sample', meaning: 'test a share of the mutants, such as 0.2', default: '1', ...number },
    seed: {
      flag: 'seed',
      meaning: 'the seed of the sample; another seed chooses other mutants',
      default: '1',
      ...number,
    },
    seconds: {
      flag: 'seconds',
      meaning: 'stop after this number of seconds, and report the results so far',
      ...number,
    },
    json: {
      flag: 'json',
      value: 'file',
      meaning: 'write the result to this file: the score, and each mutant with its status',
      expected: 'the path of a file',
    },
    min: { flag: 'min', meaning: 'exit with 1 if the score, in percent, is lower', default: '0', ...number },
    verbose: { flag: 'verbose', value: null, meaning: 'print the output of Stryker' },
  },
} as const satisfies CommandSpec

/** Runs the command. @returns the exit code. */
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
  const isComplete = !isCutShort && sample >= 1 && !only.some((file) => /:\d/.test(file))
  printScore(score, { name, isCutShort, isComplete, began })
  if (json !== undefined) {
    writeFileSync(json, `${JSON.stringify({ room: name, isComplete, ...score, mutants: described }, null, 2)}\n`)
  }
  return score.percent < min || (isComplete && score.unmatched.length > 0) ? 1 : 0
}

function readExplanations(): readonly Explanation[] {
  return JSON.parse(readFileSync(new URL('explained.json', import.meta.url), 'utf8'))
}

interface Run {
  readonly name: string
  readonly isCutShort: boolean
  /** Whether each file was mutated completely. Then an explanation that matches no mutant is out of date. */
  readonly isComplete: boolean
  /** Milliseconds since 1970. */
  readonly began: number
}

function printScore(score: Score, { name, isCutShort, isComplete, began }: Run): void {
  const { killed, explained, survivors, percent, unmatched } = score
  const lines = survivors.map(({ fileName, location, mutatorName, status, text }) => {
    const uncovered = status === 'NoCoverage' ? ', no test runs it' : ''
    return `${fileName}:${location.start.line} (${mutatorName}${uncovered}) ${text}`
  })
  const missing = isComplete
    ? unmatched.map(({ file, mutant }) => `explained.json matches no mutant: ${file} ${mutant}`)
    : []
  const seconds = Math.round((Date.now() - began) / 1000)
  const cut = isCutShort ? ', cut short' : ''
  const sum = `${name}: ${percent.toFixed(1)} % (${killed} killed, ${explained} explained, ${survivors.length} survived) in ${seconds} s${cut}`
  process.stdout.write(`${[...lines, ...missing, sum].join('\n')}\n`)
}

await runCommand(MUTATE, process.argv.slice(2), mutate)
