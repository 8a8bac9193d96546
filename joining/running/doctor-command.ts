import { executeCommand } from '../../service/command-line.ts'
import { SWITCH } from '../../service/command-texts.ts'
import { ConfigError } from '../../service/config-error.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { showText } from '../../service/show-text.ts'
import { EXIT_FAILED, EXIT_USAGE } from '../../service/usage-error.ts'
import { type AreaFinding, DOCTOR_AREAS, noteOf, severityOf } from '../check/finding.ts'
import { formatAreas, formatAreasJson } from '../check/report.ts'
import { JOINING_TEXTS } from '../commands.ts'
import type { RunningProcess } from '../environment.ts'
import { checkDatabase } from './check-database.ts'
import { checkDisk, checkFolders, checkNtp, checkPorts, checkVersions } from './check-host.ts'
import { checkCertificates, checkKeys } from './check-keys.ts'
import { checkReach } from './check-reach.ts'
import { checkSettings } from './check-settings.ts'
import { checkLog } from './log-state.ts'
import { ENV_OPTION, NODE_OPTIONS, type NodePlace, readNodePlace } from './node-place.ts'

const DOCTOR = JOINING_TEXTS.declare('doctor', {
  options: { env: ENV_OPTION, json: SWITCH, all: SWITCH, lang: LANG_OPTION, ...NODE_OPTIONS },
})

/** Runs `istmo doctor`. @returns the exit code: 1 if something is wrong, 2 if the settings are. */
export async function runDoctor(args: readonly string[], { env, now, streams }: RunningProcess): Promise<number> {
  return executeCommand(
    DOCTOR,
    args,
    async ({ lang, json, all, ...line }) => {
      const language = chooseLanguage(lang, env)
      const findings = await examine(line, env, now())
      const isUnread = findings.some(({ id }) => id === 'SETTINGS_WRONG')
      const isWrong = findings.some((each) => severityOf(each) === 'error')
      streams.out.write(json ? formatAreasJson(findings, language) : showText(formatAreas(findings, language, all)))
      return isUnread ? EXIT_USAGE : isWrong ? EXIT_FAILED : 0
    },
    streams,
  )
}

async function examine(
  line: Parameters<typeof readNodePlace>[0],
  env: RunningProcess['env'],
  now: number,
): Promise<readonly AreaFinding[]> {
  try {
    return await examineNode(await readNodePlace(line, env), now)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    // All wrong settings at once, each on a line.
    const lines = error.message.split('\n').slice(1)
    return lines.map((each) => noteOf('settings')('SETTINGS_WRONG', each.replace(/^- /, '')))
  }
}

/**
 * Looks at everything that a node needs, and changes nothing: settings, clock, keys, certificates, database, audit log, disk, ports, the others that it
 * depends on, and versions. The node may run or not.
 * @returns the findings in the order of {@link DOCTOR_AREAS}.
 */
async function examineNode(place: NodePlace, now: number): Promise<readonly AreaFinding[]> {
  const { findings: settings, rules } = await checkSettings(place, now)
  const parts = await Promise.all([
    checkKeys(place),
    checkCertificates(place, now),
    checkDatabase(place),
    checkLog(place, now),
    checkDisk(place),
    checkFolders(place),
    checkPorts(place),
    checkReach(place, rules, now),
    checkNtp().then((finding) => [finding]),
  ])
  const all = [...settings, ...parts.flat(), checkVersions()]
  return DOCTOR_AREAS.flatMap((area) => all.filter((finding) => finding.area === area))
}
