import type { Module } from '../../tools/structure/modules.ts'
import { type ImportRule, RULES } from './import-rules.ts'

/** Finds imports that the rules of `import-rules.ts` do not allow, and allowances that nobody needs. */

/** Apollo's engine. Only two folders may load it, because of its licence and its habits (docs/decisions/0003-engine-behind-a-wall.md). */
const ENGINE = /^@apollo\/(gateway|query-planner|query-graphs|federation-internals|composition)(\/|$)/
const ENGINE_FOLDERS = ['gateway/plan/', 'composition/']

/** What only developers run. Production imports none of it. */
const DEVELOPERS_ONLY = /^(tests|bench|tools)\/|\.test\.ts$|(^|\/)testing\.ts$/

/** The part of a module that the rules look at. */
type ImportingModule = Pick<Module, 'path' | 'imports' | 'isTest'>

const PLACES = RULES.map((rule) => ({ rule, place: new RegExp(`^${rule.place.replace('*', '[^/]+')}`) }))

function findRule(path: string): ImportRule | undefined {
  return PLACES.find(({ place }) => place.test(path))?.rule
}

/** Whether the rule of a module lets it import another. A module without a rule may import nothing. */
function isAllowed(from: string, to: string): boolean {
  const rule = findRule(from)
  if (rule === undefined || DEVELOPERS_ONLY.test(to)) return false
  const ownFolder = rule.place.endsWith('*/') ? `${from.split('/').slice(0, 2).join('/')}/` : rule.place
  return [ownFolder, ...rule.allowed].some((prefix) => to.startsWith(prefix))
}

/**
 * Finds the imports of production code that no rule allows.
 *
 * @returns One text for each, as `from → to`, with paths from the root.
 */
export function strayImports(modules: readonly ImportingModule[]): readonly string[] {
  return modules
    .filter(({ isTest }) => !isTest)
    .flatMap(({ path: from, imports }) =>
      imports.flatMap(({ path: to }) => (to === undefined || isAllowed(from, to) ? [] : [`${from} → ${to}`])),
    )
}

/**
 * Finds what the rules allow although no production module needs it.
 *
 * @returns One text for each, as `place → prefix`.
 */
export function unusedAllowances(modules: readonly ImportingModule[]): readonly string[] {
  const production = Map.groupBy(
    modules.filter(({ isTest }) => !isTest),
    ({ path }) => findRule(path),
  )
  return RULES.flatMap((rule) => {
    const targets = (production.get(rule) ?? []).flatMap(({ imports }) => imports)
    return rule.allowed
      .filter((prefix) => !targets.some(({ path }) => path?.startsWith(prefix)))
      .map((prefix) => `${rule.place} → ${prefix}`)
  })
}

/**
 * Finds what a rule allows twice: by the same prefix, or by one that another prefix of the rule includes.
 *
 * @returns One text for each, as `place → prefix`.
 */
export function repeatedAllowances(rules: readonly ImportRule[] = RULES): readonly string[] {
  return rules.flatMap(({ place, allowed }) => {
    const isRepeated = (prefix: string, at: number): boolean =>
      allowed.some((other, otherAt) => prefix.startsWith(other) && (prefix !== other || otherAt < at))
    return allowed.filter(isRepeated).map((prefix) => `${place} → ${prefix}`)
  })
}

/**
 * Finds the imports of Apollo's engine by production code outside the plan room and composition. Tests and benchmarks may load the engine
 * to compare with it.
 *
 * @returns One text for each, as `from → package`.
 */
export function engineImports(modules: readonly ImportingModule[]): readonly string[] {
  return modules
    .filter(({ path, isTest }) => !isTest && !ENGINE_FOLDERS.some((folder) => path.startsWith(folder)))
    .flatMap(({ path, imports }) =>
      imports.filter(({ specifier }) => ENGINE.test(specifier)).map(({ specifier }) => `${path} → ${specifier}`),
    )
}
