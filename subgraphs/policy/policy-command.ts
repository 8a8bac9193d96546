import { type CommandStreams, executeCommand, executeGroup } from '../../service/command-line.ts'
import type { CommandDoor, CommandLine, CommandSpec } from '../../service/command-spec.ts'
import { describeError } from '../../service/describe-error.ts'
import { processEnvironment } from '../kit/config.ts'
import { DIFF, runDiff } from './diff-command.ts'
import { type Tried, tryPolicyTable } from './policy-table.ts'

const TEST = {
  name: 'istmo policy test',
  description:
    'Tries a country’s table of caller × field × verdict on its rules. Exit codes: 0 if every verdict is as expected, 1 if one ' +
    'differs, 2 if nothing could be tried.',
  arguments: { file: { meaning: 'the table, in YAML (docs/access.md)', expected: 'the path of a YAML file' } },
  options: {
    rules: {
      flag: 'rules',
      value: 'file',
      expected: 'the path of a YAML file',
      meaning: 'the country file whose rules are tried, instead of the one that the table names',
    },
    json: { flag: 'json', value: null, meaning: 'print one JSON document instead of text' },
  },
  examples: [{ command: 'istmo policy test countries/HN.policy-test.yaml', meaning: 'Tries the table of Honduras.' }],
} as const satisfies CommandSpec

/**
 * Runs `istmo policy test`: tries a country's table of caller × field × verdict on its rules.
 * @param streams where the verdicts go (`out`), and the reason if nothing could be tried (`err`); by default the process's own.
 * @param env the environment: it names the language of `istmo policy diff`.
 * @returns the exit code: 0 if every verdict is as expected, 1 if one differs, 2 if nothing could be tried.
 */
export function runPolicyCommand(
  args: readonly string[],
  streams: CommandStreams = { out: process.stdout, err: process.stderr },
  env: Readonly<Record<string, string | undefined>> = processEnvironment(),
): Promise<number> {
  const test: CommandDoor = {
    name: 'test',
    description: 'try a table of caller × field × verdict',
    run: (given) => executeCommand(TEST, given, (line) => tryTable(line, streams), streams),
  }
  const diff: CommandDoor = {
    name: 'diff',
    description: 'compare a country’s own file with what a gateway has, field by field',
    run: (given) => executeCommand(DIFF, given, (line) => runDiff(line, streams, env), streams),
  }
  const description = 'Tries the rules of a country before they are in force, and compares two copies of them.'
  return executeGroup({ name: 'istmo policy', description, commands: [test, diff] }, args, streams)
}

async function tryTable(
  { file, rules, json }: CommandLine<typeof TEST>,
  { out, err }: CommandStreams,
): Promise<0 | 1 | 2> {
  try {
    const { tried, cutOff } = await tryPolicyTable(file, rules)
    for (const each of cutOff)
      err.write(`WARNING: ${each}: expected a last line break; came none. If the file is complete, end its last line\n`)
    const mismatches = tried.filter(({ expected, came }) => expected !== came)
    out.write(json ? `${JSON.stringify({ tried: tried.length, mismatches })}\n` : describe(tried.length, mismatches))
    return mismatches.length === 0 ? 0 : 1
  } catch (error) {
    err.write(`istmo policy test: ${describeError(error)}\n`)
    return 2
  }
}

function describe(count: number, mismatches: readonly Tried[]): string {
  const lines = mismatches.map(
    ({ coordinate, caller, expected, came }) => `${coordinate}, ${caller}: expected ${expected}; came ${came}`,
  )
  const total =
    mismatches.length === 0 ? `${count} verdicts, all as expected` : `${mismatches.length} of ${count} verdicts differ`
  return `${[...lines, total].join('\n')}\n`
}
