import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { loadDomains } from '../../subgraphs/domains.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { createGuard } from '../../subgraphs/kit/guard.ts'
import { buildNodeSchema } from '../../subgraphs/kit/node-schema.ts'
import { type CountryRules, domainRules, hashRules } from '../../subgraphs/kit/rules.ts'
import type { AreaFinding } from '../check/finding.ts'
import { judgeRules } from '../check/parts/rules.ts'
import { ask, isNodeAt, isTaken, reachable } from './check-host.ts'
import { inArea, noteOf, reasonOf } from './finding.ts'

const note = noteOf('settings')

/** How long a node may take to read a file that changed, in milliseconds. */
const RELOAD_MS = 2_000

/**
 * Compares the country's file with what runs: the rules by which the node decides, as its operator's server shows them. Also without a node, it says
 * of the file what a node would refuse.
 * @param file the path of the country's file, from which `rules` were read.
 * @param now milliseconds since the epoch.
 */
export async function checkRulesInForce(
  config: NodeConfig,
  file: string,
  rules: CountryRules,
  now: number,
): Promise<readonly AreaFinding[]> {
  try {
    for (const module of await loadDomains(config.domains))
      createGuard(buildNodeSchema(module), domainRules(module, rules), () => false)
  } catch (error) {
    return [{ area: 'settings', id: 'RULES_WRONG', place: file, details: { reason: reasonOf(error) } }]
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
    const isRunning = port !== 0 && (await isNodeAt(tlsCert !== undefined, reachable(host), port))
    return isRunning ? [note('RULES_UNCOMPARED', file, 'it has no operator’s server')] : []
  }
  if (!(await isTaken(reachable(operator.host), operator.port))) return []
  const first = await askForHash(operator)
  // The file may have changed a moment ago.
  if (first !== null && first !== hash) await sleep(RELOAD_MS)
  const shown = first === hash ? first : await askForHash(operator)
  if (shown === null) return [note('RULES_UNCOMPARED', file, 'its operator’s server does not say it')]
  return [shown === hash ? note('RULES_IN_FORCE', file) : note('RULES_OTHER', file)]
}

const STATUS = z.object({ rules: z.object({ file: z.string() }) })

/** Asks for the hash of the rules in force; null if the server does not show it, as those of earlier versions do not. */
async function askForHash({ host, port }: { readonly host: string; readonly port: number }): Promise<string | null> {
  try {
    const { body } = await ask(false, reachable(host), port, '/status')
    return STATUS.parse(JSON.parse(body)).rules.file
  } catch {
    return null
  }
}
