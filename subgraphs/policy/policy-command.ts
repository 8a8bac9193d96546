import { parseArgs } from 'node:util'
import { type Tried, tryPolicyTable } from './policy-table.ts'

/** What the command takes, for its error messages. */
export const POLICY_USAGE = 'istmo policy test FILE [--rules COUNTRY_FILE] [--json]'

/** What the command writes to. By default the process's own. */
export interface PolicyStreams {
  readonly out: { write(text: string): unknown }
  readonly err: { write(text: string): unknown }
}

/**
 * `istmo policy test`: tries a country's table of caller × field × verdict on its rules.
 * @returns the exit code: 0 when every verdict came as expected, 1 when one did not, 2 when nothing could be tried; then `err` has why.
 */
export async function runPolicyCommand(
  args: readonly string[],
  { out, err }: PolicyStreams = { out: process.stdout, err: process.stderr },
): Promise<0 | 1 | 2> {
  try {
    const { file, rules, json } = parsePolicyArguments(args)
    const tried = await tryPolicyTable(file, rules)
    const mismatches = tried.filter(({ expected, came }) => expected !== came)
    out.write(json ? `${JSON.stringify({ tried: tried.length, mismatches })}\n` : describe(tried.length, mismatches))
    return mismatches.length === 0 ? 0 : 1
  } catch (error) {
    err.write(`istmo policy: ${error instanceof Error ? error.message : String(error)}\n`)
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

function parsePolicyArguments(args: readonly string[]) {
  const options = { rules: { type: 'string' }, json: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const [command, file, ...others] = positionals
  if (command !== 'test' || file === undefined || others.length > 0) throw new Error(`expected ${POLICY_USAGE}`)
  return { file, ...values }
}
