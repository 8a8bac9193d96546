import type { CommandStreams } from '../../service/command-line.ts'
import type { CommandLine, CommandSpec } from '../../service/command-spec.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { showText } from '../../service/show-text.ts'
import { UsageError } from '../../service/usage-error.ts'
import { readCountryRules } from '../kit/rules.ts'
import { type ComparedRules, type DiffRow, type DiffVerdict, diffRules, diffWords } from './policy-diff.ts'
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
    lang: LANG_OPTION,
  },
  examples: [
    { command: 'istmo policy diff rules/HN.yaml /srv/gateway/HN.yaml', meaning: 'Compares two files.' },
    { command: 'istmo policy diff rules/HN.yaml http://127.0.0.1:9464', meaning: 'Asks the gateway what it has.' },
  ],
} as const satisfies CommandSpec

/** Compares two copies, and prints what differs. @param env the environment, for the language. @returns the exit code. */
export async function runDiff(
  { file, gateway, all, json, lang }: CommandLine<typeof DIFF>,
  { out }: CommandStreams,
  env: Readonly<Record<string, string | undefined>>,
): Promise<0 | 1> {
  const here = await readCountryRules(file, null)
  const there = await readOther(gateway, here.access.country)
  const words = diffWords(chooseLanguage(lang, env))
  const rows = diffRules(here, there, words)
  const differing = rows.filter(({ verdict }) => verdict !== 'equal')
  if (json) out.write(`${JSON.stringify({ compared: rows.length, rows: all ? rows : differing })}\n`)
  else out.write(describe(all ? rows : differing, rows, words))
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
function describe(shown: readonly DiffRow[], all: readonly DiffRow[], words: ReturnType<typeof diffWords>): string {
  const width = Math.max(0, ...shown.map(({ what }) => what.length))
  const verdicts = (['equal', 'tighter', 'looser', 'different'] as const).map((verdict) => words(`verdicts.${verdict}`))
  const wide = Math.max(...verdicts.map(({ length }) => length))
  const lines = shown.map(({ what, verdict, here, there }) => {
    const begin = `${what.padEnd(width)}  ${words(`verdicts.${verdict}`).padEnd(wide)}`
    return verdict === 'equal'
      ? `${begin}  ${here}`
      : `${begin}  ${words('here')}: ${here}; ${words('there')}: ${there}`
  })
  const count = (verdict: DiffVerdict): number => all.filter((row) => row.verdict === verdict).length
  const [tighter, looser, different, equal] = [count('tighter'), count('looser'), count('different'), count('equal')]
  return `${showText([...lines, words('sum', { tighter, looser, different, equal })].join('\n'))}\n`
}
