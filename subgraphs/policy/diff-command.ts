import type { CommandStreams } from '../../service/command-line.ts'
import type { CommandLine, CommandSpec } from '../../service/command-spec.ts'
import { showText } from '../../service/show-text.ts'
import { UsageError } from '../../service/usage-error.ts'
import { readCountryRules } from '../kit/rules.ts'
import { type ComparedRules, type DiffRow, diffRules } from './policy-diff.ts'
import { readGatewayCopy } from './read-gateway-copy.ts'

/** `istmo policy diff`, as data. */
export const DIFF = {
  name: 'istmo policy diff',
  description:
    'Compares what two copies of a country’s file mean, field by field: your own, and the one that a gateway has. «tighter» is what the first copy ' +
    'demands and the second does not. Exit codes: 0 if they mean the same, 1 if they differ, 2 if nothing could be compared.',
  arguments: {
    file: { meaning: 'the country’s own file', expected: 'the path of a YAML file' },
    gateway: {
      meaning:
        'the gateway’s copy: another file, such as that of a bundle, or the address of the gateway’s operator server',
      expected: 'the path of a YAML file, or an http URL',
    },
  },
  options: {
    all: { flag: 'all', value: null, meaning: 'show also what is equal' },
    json: { flag: 'json', value: null, meaning: 'print one JSON document instead of a table' },
  },
  examples: [
    { command: 'istmo policy diff rules/HN.yaml /srv/gateway/HN.yaml', meaning: 'Compares two files.' },
    { command: 'istmo policy diff rules/HN.yaml http://127.0.0.1:9464', meaning: 'Asks the gateway what it has.' },
  ],
} as const satisfies CommandSpec

/** Compares two copies, and prints what differs. @returns the exit code. */
export async function runDiff(
  { file, gateway, all, json }: CommandLine<typeof DIFF>,
  { out }: CommandStreams,
): Promise<0 | 1> {
  const here = await readCountryRules(file, null)
  const there = await readOther(gateway, here.access.country)
  const rows = diffRules(here, there)
  const differing = rows.filter(({ verdict }) => verdict !== 'equal')
  if (json) out.write(`${JSON.stringify({ compared: rows.length, rows: all ? rows : differing })}\n`)
  else out.write(describe(all ? rows : differing, rows.length - differing.length))
  return differing.length === 0 ? 0 : 1
}

async function readOther(place: string, country: string): Promise<ComparedRules> {
  if (!/^https?:/i.test(place)) return readCountryRules(place, country)
  const url = URL.parse(place)
  if (url === null)
    throw new UsageError(`<gateway>: expected the path of a file, or an http URL; came ${JSON.stringify(place)}`)
  return readGatewayCopy(url, country)
}

/** Writes a table for a terminal, and a line with the sums. */
function describe(rows: readonly DiffRow[], equal: number): string {
  const width = Math.max(0, ...rows.map(({ what }) => what.length))
  const lines = rows.map(({ what, verdict, here, there }) =>
    verdict === 'equal'
      ? `${what.padEnd(width)}  equal      ${here}`
      : `${what.padEnd(width)}  ${verdict.padEnd(9)}  here: ${here}; there: ${there}`,
  )
  const count = (verdict: DiffRow['verdict']): string =>
    `${rows.filter((row) => row.verdict === verdict).length} ${verdict}`
  const sum = `${[count('tighter'), count('looser'), count('different')].join(', ')}, ${equal} equal`
  return `${showText([...lines, sum].join('\n'))}\n`
}
