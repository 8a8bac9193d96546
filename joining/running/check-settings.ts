import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { closestTo } from '../../service/closest-to.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { listNodeDangers } from '../../subgraphs/kit/dangers.ts'
import { createGuard } from '../../subgraphs/kit/guard.ts'
import { buildNodeSchema } from '../../subgraphs/kit/node-schema.ts'
import {
  type CountryRules,
  domainRules,
  hashRules,
  listPolicyFaults,
  readCountryRules,
} from '../../subgraphs/kit/rules.ts'
import { NODE_VARIABLES } from '../../subgraphs/kit/settings.ts'
import { type AreaFinding, inArea, noteOf, rulesWrong } from '../check/finding.ts'
import { judgeRules } from '../check/parts/rules.ts'
import { askStatus, isNodeAt, isTaken } from './ask.ts'
import type { NodePlace } from './node-place.ts'

const note = noteOf('settings')

/**
 * Looks at the settings by themselves: what a start would refuse, and the country’s file.
 * @returns the findings, and the rules if the file can be used.
 */
export async function checkSettings(
  { config, unknownNames }: NodePlace,
  now: number,
): Promise<{ readonly findings: readonly AreaFinding[]; readonly rules: CountryRules | null }> {
  const { country, domains, rules: file, development, suspensions } = config
  const findings: AreaFinding[] = [note('SETTINGS_READ', country, domains.join(', '))]
  for (const name of unknownNames) {
    const meant = closestTo(name, NODE_VARIABLES)
    findings.push(meant === undefined ? note('SETTING_UNKNOWN', name) : note('SETTING_MISSPELT', name, meant))
  }
  if (development) findings.push(note('DEVELOPMENT'))
  for (const { danger, remedy } of await listNodeDangers(config).catch(() => [])) {
    // The keys have an area of their own, and say this there.
    if (!danger.includes('other users of this machine may use') && !danger.startsWith('there is no audit log'))
      findings.push({ ...note('DANGER', danger, remedy), ...(development && { severity: 'warning' }) })
  }
  if (suspensions === undefined) findings.push(note('SUSPENSIONS_NONE'))
  if (file === undefined) return { findings: [...findings, note('RULES_NONE')], rules: null }
  try {
    const rules = await readCountryRules(file, country)
    findings.push(...(await checkRulesInForce(config, file, rules, now)))
    if (rules.callers.length === 0 && !development) findings.push(note('RULES_CLOSED'))
    for (const { policy, fault } of listPolicyFaults(rules)) findings.push(note('POLICY_SUSPECT', policy, fault))
    return { findings, rules }
  } catch (error) {
    return { findings: [...findings, rulesWrong(file, error)], rules: null }
  }
}

/** How long a node may take to read a file that changed, in milliseconds. */
const RELOAD_MS = 2_000

/**
 * Compares the country's file with what runs: the rules by which the node decides, as its operator's server shows them. Also without a node, it says
 * of the file what a node would refuse.
 * @param file the path of the country's file, from which `rules` were read.
 * @param now milliseconds since the epoch.
 */
async function checkRulesInForce(
  config: NodeConfig,
  file: string,
  rules: CountryRules,
  now: number,
): Promise<readonly AreaFinding[]> {
  try {
    for (const module of await loadDomains(config.domains))
      createGuard(buildNodeSchema(module), domainRules(module, rules), () => false)
  } catch (error) {
    return [rulesWrong(file, error)]
  }
  const judged = inArea('settings', await judgeRules(file, rules, now))
  return [note('RULES_READ', file), ...judged, ...(await compareWithNode(config, file, hashRules(rules)))]
}

async function compareWithNode(
  { host, port, tlsCert, operatorListen: operator }: NodeConfig,
  file: string,
  hash: string,
): Promise<readonly AreaFinding[]> {
  if (operator === null || operator.port === 0) {
    const isRunning = port !== 0 && (await isNodeAt({ host, port }, tlsCert !== undefined))
    return isRunning ? [note('RULES_UNCOMPARED', file, 'it has no operator’s server')] : []
  }
  if (!(await isTaken(operator))) return []
  const askForHash = async () => (await askStatus(operator, STATUS))?.rules.file
  const first = await askForHash()
  // The file may have changed a moment ago.
  if (first !== undefined && first !== hash) await sleep(RELOAD_MS)
  const shown = first === hash ? first : await askForHash()
  if (shown === undefined) return [note('RULES_UNCOMPARED', file, 'its operator’s server does not say it')]
  return [shown === hash ? note('RULES_IN_FORCE', file) : note('RULES_OTHER', file)]
}

/** The hash of the rules in force. */
const STATUS = z.object({ rules: z.object({ file: z.string() }) })
