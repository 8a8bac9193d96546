import { access, constants } from 'node:fs/promises'
import type { DocumentNode } from 'graphql'
import { listExpired } from '../../../contract/access/recognition.ts'
import { scopesNamed } from '../../../contract/access/rule.ts'
import { readRuleTable } from '../../../contract/access/rule-table.ts'
import { DOMAINS } from '../../../contract/domain.ts'
import { sayBoth } from '../../../contract/said.ts'
import { closestTo } from '../../../service/closest-to.ts'
import { ConfigError } from '../../../service/config-error.ts'
import { readCountryFile } from '../../../service/country-file.ts'
import { describeFileError } from '../../../service/describe-error.ts'
import { loadDomains } from '../../../subgraphs/domains.ts'
import { compareRules } from '../../../subgraphs/kit/compare-rules.ts'
import { listCutOff } from '../../../subgraphs/kit/cut-off.ts'
import { type CountryRules, readCountryRules } from '../../../subgraphs/kit/rules.ts'
import { type CheckContext, lacksRules } from '../context.ts'
import type { Finding } from '../finding.ts'
import { checkWords } from '../words.ts'

/**
 * Reads the country's file as node and gateway do.
 * @param option which option names the file.
 * @returns the file, or why it cannot be used.
 * @throws {ConfigError} if the file itself cannot be read: then the command line is wrong, and not the file.
 */
export async function readRules(
  file: string,
  country: string,
  option: '--rules' | '--before',
): Promise<{ readonly rules: CheckContext['rules']; readonly findings: readonly Finding[] }> {
  await access(file, constants.R_OK).catch((cause: unknown) => {
    throw new ConfigError(`${file}: expected a country file: ${describeFileError(cause)}. Correct ${option}.`, {
      cause,
    })
  })
  try {
    const rules = { file: await readCountryFile(file), read: await readCountryRules(file, country) }
    return { rules, findings: [] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { rules: null, findings: [{ id: 'RULES_WRONG', place: file, details: { reason: error.message } }] }
  }
}

/** Checks whom the country recognises, and whether the file became looser. @throws {NotChecked} without a file that can be used. */
export async function checkRules(context: CheckContext): Promise<readonly Finding[]> {
  const { rules, options, now, country } = context
  if (rules === null) throw lacksRules(context)
  const { access, callers } = rules.read
  const findings = [...(await judgeRules(options.rules, rules.read, now))]
  if (access.taskForces.length === 0) findings.push({ id: 'RULES_NOBODY', place: 'taskForces' })
  if (access.taskForces.length > 0 && callers.length === 0) {
    findings.push({ id: 'TASK_FORCE_WITHOUT_CALLERS', place: 'callers' })
  }
  if (options.before === undefined) return findings
  const before = await readRules(options.before, country, '--before')
  if (before.rules === null) return [...findings, ...before.findings]
  const looser = await compareRules(before.rules, rules)
  return [...findings, ...looser.map(({ place, ...details }): Finding => ({ id: 'RULES_LOOSER', place, details }))]
}

/** Judges a country's file that can be used: whether it or a file that it names may be cut off, and which of its task forces are over or name scopes that open nothing. */
export async function judgeRules(
  file: string | undefined,
  rules: CountryRules,
  now: number,
): Promise<readonly Finding[]> {
  const { access, namedFiles } = rules
  const { taskForces } = access
  const cut = await listCutOff(file === undefined ? [] : [file, ...namedFiles])
  return [
    ...cut.map((place): Finding => ({ id: 'RULES_CUT_OFF', place })),
    ...listExpired(taskForces, now).map(
      ({ id, notAfter }): Finding => ({ id: 'TASK_FORCE_ENDED', place: `taskForces ${id}`, details: { notAfter } }),
    ),
    ...(await judgeScopes(rules)),
  ]
}

/** Finds the scopes that no field asks for and no policy reads: a caller who has one can read nothing by it, which nobody would notice. */
async function judgeScopes({ access, callers, sdl }: CountryRules): Promise<readonly Finding[]> {
  const contract = (await loadDomains(DOMAINS)).map(({ typeDefs }) => typeDefs)
  const known = [...new Set([...contract, ...sdl.values()].flatMap(listScopes))]
  const given = [
    ...access.taskForces.map(({ id, members }) => ({ place: `taskForces ${id}`, members })),
    ...callers.map(({ country, members }) => ({ place: `callers ${country}`, members })),
  ]
  return given.flatMap(({ place, members }) =>
    [...new Set(members.flatMap(({ scopes }) => scopes))]
      .filter((scope) => !known.includes(scope) && !access.policies.text.includes(JSON.stringify(scope)))
      .map((scope): Finding => {
        const meant = closestTo(scope, known)
        const remedy = sayBoth((language) => {
          const say = checkWords(language)
          return meant === undefined ? say('details.noScope') : say('details.scopeMeant', { meant })
        })
        return { id: 'SCOPE_UNKNOWN', place, details: { scope, remedy } }
      }),
  )
}

/** Lists the scopes that fields of an SDL ask for. */
function listScopes(document: DocumentNode): readonly string[] {
  const rules = readRuleTable(document)
  return document.definitions.flatMap((node) =>
    'fields' in node
      ? (node.fields ?? []).flatMap((field) => scopesNamed(rules.ofField(node.name.value, field.name.value)))
      : [],
  )
}
