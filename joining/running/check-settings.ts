import { listExpired } from '../../contract/access/recognition.ts'
import { closestTo } from '../../service/closest-to.ts'
import { listNodeDangers } from '../../subgraphs/kit/dangers.ts'
import { type CountryRules, listPolicyFaults, readCountryRules } from '../../subgraphs/kit/rules.ts'
import { checkRulesInForce } from './check-rules-in-force.ts'
import { type Finding, noteOf, reasonOf } from './finding.ts'
import { type NodePlace, SETTING_VARIABLES } from './node-place.ts'

const note = noteOf('settings')

/**
 * Looks at the settings by themselves: what a start would refuse, and the country’s file.
 * @returns the findings, and the rules if the file can be used.
 */
export async function checkSettings(
  { config, unknownNames }: NodePlace,
  now: number,
): Promise<{ readonly findings: readonly Finding[]; readonly rules: CountryRules | null }> {
  const { country, domains, rules: file, development, suspensions } = config
  const findings = [note('well', 'SETTINGS_READ', country, domains.join(', '))]
  for (const name of unknownNames) {
    const meant = closestTo(name, SETTING_VARIABLES)
    findings.push(
      meant === undefined ? note('warning', 'SETTING_UNKNOWN', name) : note('warning', 'SETTING_MISSPELT', name, meant),
    )
  }
  if (development) findings.push(note('warning', 'DEVELOPMENT'))
  for (const { danger, remedy } of await listNodeDangers(config).catch(() => [])) {
    // The keys have an area of their own, and say this there.
    if (!danger.includes('other users of this machine may use') && !danger.startsWith('there is no audit log'))
      findings.push(note(development ? 'warning' : 'wrong', 'DANGER', danger, remedy))
  }
  if (suspensions === undefined) findings.push(note('warning', 'SUSPENSIONS_NONE'))
  if (file === undefined) return { findings: [...findings, note('warning', 'RULES_NONE')], rules: null }
  try {
    const rules = await readCountryRules(file, country)
    findings.push(...(await checkRulesInForce(config, file, rules)))
    if (rules.callers.length === 0 && !development) findings.push(note('warning', 'RULES_CLOSED'))
    for (const { policy, fault } of listPolicyFaults(rules))
      findings.push(note('warning', 'POLICY_SUSPECT', policy, fault))
    for (const { id, notAfter } of listExpired(rules.access.taskForces, now))
      findings.push(note('warning', 'TASK_FORCE_OVER', id, notAfter))
    return { findings, rules }
  } catch (error) {
    return { findings: [...findings, note('wrong', 'RULES_WRONG', reasonOf(error))], rules: null }
  }
}
