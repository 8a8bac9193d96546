/** Compares what two copies of a country's rules mean: the country's own, and the one that a gateway has. */
import { parse } from 'graphql'
import { countryRule } from '../../contract/access/country-access.ts'
import { implies } from '../../contract/access/loosened.ts'
import type { TaskForce } from '../../contract/access/recognition.ts'
import type { Requirement, Rule } from '../../contract/access/rule.ts'
import { isObjectType } from '../../contract/access/sdl-patch.ts'
import type { Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { type Say, wordsOf } from '../../contract/words.ts'
import { type CountryRules, domainRules } from '../kit/rules.ts'

/** What `istmo policy diff` says, in each language. */
export const diffWords = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/**
 * What the first copy demands beside the second one. `tighter`: everybody who passes the first passes the second, and not the other way round.
 * `different`: neither implies the other.
 */
export type DiffVerdict = 'equal' | 'tighter' | 'looser' | 'different'

/** The part of a country's rules that is compared. */
export type ComparedRules = Pick<CountryRules, 'access' | 'domains' | 'sdl' | 'rowsPerDay'>

/** One line of the comparison. */
export interface DiffRow {
  /** A field (`Case.court`), a part of a task force, or the name of a setting. */
  readonly what: string
  readonly verdict: DiffVerdict
  /** What each copy says, for a person. */
  readonly here: string
  readonly there: string
}

/**
 * Compares two copies.
 * @param words in which each copy is described. English if they are not given.
 * @returns a row for each field of the domains that one of them publishes, for whom they recognise, and for their policies and quotas.
 * @throws {ConfigError} or {Error} if an SDL of one of them is wrong.
 */
export function diffRules(here: ComparedRules, there: ComparedRules, words: Say = diffWords('en')): readonly DiffRow[] {
  const domains = [...new Set([...here.domains, ...there.domains])]
  return [
    ...domains.flatMap((domain) => diffDomain(domain, here, there, words)),
    ...diffTaskForces(here.access.taskForces, there.access.taskForces, words),
    diffPolicies(here, there),
    diffNumber('rowsPerDay', here.rowsPerDay, there.rowsPerDay),
  ]
}

/** Returns the rule of a field in one copy; null if it is not published there. */
function rulesIn(domain: Domain, rules: ComparedRules): (typeName: string, fieldName: string) => Rule | null {
  if (!rules.domains.includes(domain)) return () => null
  const { floor, own } = domainRules({ domain, typeDefs: parse(domainSdl(domain)) }, rules as CountryRules)
  return (typeName, fieldName) =>
    own === null || own.has(typeName, fieldName) ? countryRule(floor, own, typeName, fieldName) : null
}

function diffDomain(domain: Domain, here: ComparedRules, there: ComparedRules, words: Say): readonly DiffRow[] {
  const [own, other] = [rulesIn(domain, here), rulesIn(domain, there)]
  return parse(domainSdl(domain))
    .definitions.filter(isObjectType)
    .flatMap(({ name, fields = [] }) =>
      fields.map((field): DiffRow => {
        const [left, right] = [own(name.value, field.name.value), other(name.value, field.name.value)]
        const verdict = compareRules(left, right)
        const what = `${domain} ${name.value}.${field.name.value}`
        return { what, verdict, here: describeRule(left, words), there: describeRule(right, words) }
      }),
    )
}

function compareRules(left: Rule | null, right: Rule | null): DiffVerdict {
  if (left === null || right === null) return left === right ? 'equal' : left === null ? 'tighter' : 'looser'
  return verdictOf(implies(left, right), implies(right, left))
}

function verdictOf(isAtLeast: boolean, isAtMost: boolean): DiffVerdict {
  if (isAtLeast && isAtMost) return 'equal'
  if (isAtLeast) return 'tighter'
  return isAtMost ? 'looser' : 'different'
}

function describeRule(rule: Rule | null, words: Say): string {
  if (rule === null) return words('notPublished')
  const parts = [
    ...(rule.authenticated ? [words('authenticated')] : []),
    ...rule.scopes.map((one) => `${words('scopes')} ${describeRequirement(one, words)}`),
    ...rule.policies.map((one) => `${words('policies')} ${describeRequirement(one, words)}`),
  ]
  return parts.length === 0 ? words('nothing') : parts.join(words('and'))
}

function describeRequirement(requirement: Requirement, words: Say): string {
  return requirement.map((names) => names.join('+')).join(words('or'))
}

/** Lists what each agency may ask for, one grant each: `jtf-2026-03: GT GT-MP, INVESTIGATION, case:read`. */
function listGrants(taskForces: readonly TaskForce[]): ReadonlyMap<string, string> {
  return new Map(
    taskForces.flatMap(({ id, notAfter, members }) =>
      members.flatMap(({ issuer, agencies, purposes, scopes }) =>
        agencies.flatMap((agency) =>
          purposes.flatMap((purpose) =>
            scopes.map((scope) => [`${id}: ${issuer} ${agency}, ${purpose}, ${scope}`, notAfter] as const),
          ),
        ),
      ),
    ),
  )
}

function diffTaskForces(here: readonly TaskForce[], there: readonly TaskForce[], words: Say): readonly DiffRow[] {
  const [own, other] = [listGrants(here), listGrants(there)]
  return [...new Set([...own.keys(), ...other.keys()])].sort().map((what) => {
    const [left, right] = [own.get(what), other.get(what)]
    const verdict = verdictOf((left ?? '') <= (right ?? ''), (left ?? '') >= (right ?? ''))
    const describe = (until: string | undefined): string =>
      until === undefined ? words('notRecognised') : words('until', { day: until })
    return { what, verdict, here: describe(left), there: describe(right) }
  })
}

/** Nobody can say which of two policies is tighter, so other texts are different. */
function diffPolicies({ access: here }: ComparedRules, { access: there }: ComparedRules): DiffRow {
  const verdict = here.policies.version === there.policies.version ? 'equal' : 'different'
  const describe = (version: string): string => `SHA-256 ${version.slice(0, 16)}…`
  return { what: 'policies', verdict, here: describe(here.policies.version), there: describe(there.policies.version) }
}

function diffNumber(what: string, here: number, there: number): DiffRow {
  return { what, verdict: verdictOf(here <= there, here >= there), here: String(here), there: String(there) }
}
