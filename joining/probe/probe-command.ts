import type { Language } from '../../contract/language.ts'
import { isProbeGood } from '../../contract/probe.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import type { CommandSpec, OptionSpec } from '../../service/command-spec.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { showText } from '../../service/show-text.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { joiningEnvironment } from '../environment.ts'
import { OFFICER_OPTIONS, type OfficerLine } from '../officer/officer-client.ts'
import { askAsOfficer } from './ask-as-officer.ts'
import { collectBundle, findCountryFile } from './collect-bundle.ts'
import { describeReport } from './describe-report.ts'
import { parseOperatorAddress, sendProbe } from './send-probe.ts'

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
    asOfficer: {
      flag: 'as-officer',
      value: 'file',
      expected: 'the path of a YAML file',
      meaning:
        'then ask one question as an officer, with the settings that «istmo ask» takes as --config. The country must take part already',
    },
    login: { ...OFFICER_OPTIONS.login, isRequired: false },
    loginType: OFFICER_OPTIONS.loginType,
    purpose: OFFICER_OPTIONS.purpose,
    json: { flag: 'json', value: null, meaning: 'print the report as JSON' },
    lang: LANG_OPTION,
  },
  notes: {
    'Exit codes': {
      0: 'both sides agree, and the officer got an answer (--as-officer)',
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
    {
      command: 'istmo probe bundle --as-officer ask.yaml --login id-token',
      meaning: 'Asks one question of a synthetic officer of a partner, when the connection is good.',
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
    ({ file, operator, json: isJson, lang, asOfficer: config, login, ...others }) => {
      if ((config === undefined) !== (login === undefined))
        throw new UsageError('--as-officer and --login: expected both or neither; came one')
      const officer = config === undefined || login === undefined ? undefined : { config, login, ...others }
      const wish = { isJson, language: chooseLanguage(lang, joiningEnvironment()), officer }
      return probeAndPrint(file, operator, wish, streams)
    },
    streams,
  )
}

/** How {@link probeAndPrint} prints, and which officer asks afterwards. */
interface ProbeWish {
  readonly isJson: boolean
  readonly language: Language
  readonly officer?: OfficerLine | undefined
}

/**
 * Sends the files of a country to a gateway and prints what it found.
 * @param path the country's file, or a folder with it.
 * @returns the exit code.
 */
export async function probeAndPrint(
  path: string,
  operator: URL,
  { isJson, language, officer }: ProbeWish,
  { out }: Pick<CommandStreams, 'out'>,
): Promise<number> {
  const bundle = await collectBundle(await findCountryFile(path))
  const report = await sendProbe(operator, bundle, language)
  const answer = officer && isProbeGood(report) ? await askAsOfficer(officer, bundle, language) : null
  const whole = answer === null ? report : { ...report, officer: answer.outcomes }
  const lines = [...describeReport(report, language), ...(answer?.lines ?? []).map(showText)]
  out.write(isJson ? `${JSON.stringify(whole, null, 2)}\n` : `${lines.join('\n')}\n`)
  return isProbeGood(report) && answer?.isGood !== false ? 0 : EXIT_FAILED
}
