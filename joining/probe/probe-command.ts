import type { Language } from '../../contract/language.ts'
import { isProbeGood } from '../../contract/probe.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import { SWITCH, TEXT } from '../../service/command-texts.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { showText } from '../../service/show-text.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { JOINING_TEXTS } from '../commands.ts'
import { joiningEnvironment } from '../environment.ts'
import { OFFICER_OPTIONS, type OfficerLine } from '../officer/officer-client.ts'
import { askAsOfficer } from './ask-as-officer.ts'
import { collectBundle, findCountryFile } from './collect-bundle.ts'
import { describeReport } from './describe-report.ts'
import { parseOperatorAddress, sendProbe } from './send-probe.ts'

const PROBE = JOINING_TEXTS.declare('probe', {
  arguments: { file: TEXT },
  options: {
    operator: { default: 'http://127.0.0.1:9464', parse: parseOperatorAddress },
    asOfficer: TEXT,
    login: { ...OFFICER_OPTIONS.login, isRequired: false },
    loginType: OFFICER_OPTIONS.loginType,
    purpose: OFFICER_OPTIONS.purpose,
    json: SWITCH,
    lang: LANG_OPTION,
  },
})

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
