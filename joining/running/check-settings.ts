import { closestTo } from '../../service/closest-to.ts'
import { listNodeDangers } from '../../subgraphs/kit/dangers.ts'
import { type CountryRules, listPolicyFaults, readCountryRules } from '../../subgraphs/kit/rules.ts'
import type { AreaFinding } from '../check/finding.ts'
import { checkRulesInForce } from './check-rules-in-force.ts'
import { noteOf, reasonOf } from './finding.ts'
import { type NodePlace, SETTING_VARIABLES } from './node-place.ts'

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
    const meant = closestTo(name, SETTING_VARIABLES)
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
    const details = { reason: reasonOf(error) }
    return { findings: [...findings, { area: 'settings', id: 'RULES_WRONG', place: file, details }], rules: null }
  }
}
