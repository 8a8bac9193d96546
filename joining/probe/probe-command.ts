import type { Language } from '../../contract/language.ts'
import { isProbeGood } from '../../contract/probe.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import type { CommandSpec, OptionSpec } from '../../service/command-spec.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { EXIT_FAILED } from '../../service/usage-error.ts'
import { joiningEnvironment } from '../environment.ts'
import { collectBundle, findCountryFile } from './collect-bundle.ts'
import { describeReport } from './describe-report.ts'
import { parseOperatorAddress, sendProbe } from './send-probe.ts'
import { PROBE_WORDS } from './words.ts'

/** The option with the address of the gateway's operator server. */
const OPERATOR = {
  flag: 'operator',
  value: 'url',
  default: 'http://127.0.0.1:9464',
  expected: 'the address of a gateway’s operator server (--operator-listen), such as http://127.0.0.1:9464',
  meaning: 'the operator’s server of the gateway that tries the connection',
  parse: parseOperatorAddress,
} as const satisfies OptionSpec

const PROBE = {
  name: 'istmo probe',
  description:
    'Has a running gateway try its connection to a country with the country’s file, before the country takes part: the gateway sends one leg that reads no ' +
    'record, and reports what either side objects to. Run it on the machine of the gateway.',
  arguments: {
    file: { meaning: 'the country’s file, such as HN.yaml, or the folder of a bundle (`istmo join`)' },
  },
  options: {
    operator: OPERATOR,
    json: { flag: 'json', value: null, meaning: 'print the report as JSON' },
    lang: LANG_OPTION,
  },
  notes: {
    'Exit codes': {
      0: 'both sides agree',
      1: 'something is wrong: look at the lines with ✗',
      2: 'an argument is wrong, or no gateway answers',
    },
  },
  examples: [
    { command: 'istmo probe countries/HN.yaml', meaning: 'Tries the connection to Honduras.' },
    {
      command: 'istmo probe bundle --operator 127.0.0.1:9465 --lang es',
      meaning: 'Says in Spanish what a bundle came to.',
    },
  ],
} as const satisfies CommandSpec

/** Runs `istmo probe`. Returns the exit code. */
export function runProbe(
  args: readonly string[],
  streams: CommandStreams = { out: process.stdout, err: process.stderr },
): Promise<number> {
  return executeCommand(
    PROBE,
    args,
    ({ file, operator, json, lang }) =>
      probeAndPrint(file, operator, { isJson: json, language: chooseLanguage(lang, joiningEnvironment()) }, streams),
    streams,
  )
}

/**
 * Sends the files of a country to a gateway and prints what it found.
 * @param path the country's file, or a folder with it.
 * @returns the exit code.
 */
export async function probeAndPrint(
  path: string,
  operator: URL,
  { isJson, language }: { readonly isJson: boolean; readonly language: Language },
  { out }: Pick<CommandStreams, 'out'>,
): Promise<number> {
  const report = await sendProbe(operator, await collectBundle(await findCountryFile(path)), PROBE_WORDS[language])
  out.write(isJson ? `${JSON.stringify(report, null, 2)}\n` : `${describeReport(report, language).join('\n')}\n`)
  return isProbeGood(report) ? 0 : EXIT_FAILED
}
