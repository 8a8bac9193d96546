import { setImmediate as letOthersRun } from 'node:timers/promises'
import cedar from '@cedar-policy/cedar-wasm/nodejs'
import { PURPOSES, type Purpose } from '../access-token.ts'
import { type Said, said } from '../said.ts'
import type { CountryAccess } from './country-access.ts'
import type { PolicyQuestion, PolicySet } from './policy-set.ts'

/**
 * Compares two sets of Cedar policies by what they decide, not by their text: for each combination of the values that one of them compares something
 * with, of another value, and of none.
 */

/** The attributes that policies can read, each with a value that no policy names. */
const OTHERS: Readonly<Record<string, string>> = {
  country: 'ZZ',
  agency: 'another agency',
  role: 'another role',
  client: 'another client',
  scopes: 'another:scope',
  purpose: 'OVERSIGHT',
  legalBasis: 'UN:another#1',
  taskForce: 'another-task-force',
  case: 'ZZ:another',
  assurance: '0',
  time: '2000-01-01T00:00:00Z',
}

/** The attributes that are lists. A value of several names stands for a list of them. */
const LISTS: ReadonlySet<string> = new Set(['scopes', 'legalBasis'])

/** How many combinations are tried of one policy. Beyond it, every n-th is. */
const MOST_TRIED = 4_000

/** The operators of Cedar’s JSON form that compare. */
const COMPARISONS: ReadonlySet<string> = new Set('== != < <= > >= contains containsAny containsAll in like'.split(' '))

/** How many combinations are tried in one turn of the event loop: some milliseconds. A node answers legs meanwhile. */
const TRIED_A_TURN = 16

/** Finds the names of `@policy` that let somebody read what they denied before. It takes up to some seconds, in small turns. */
export async function comparePolicies(
  before: CountryAccess,
  after: CountryAccess,
): Promise<readonly { readonly place: string; readonly before: Said; readonly after: Said }[]> {
  if (before.policies.text === after.policies.text) return []
  const values = new Map(Object.entries(OTHERS).map(([name, other]) => [name, new Set<string | null>([other])]))
  const names = new Set<string>()
  const fields = new Set(['Another.field'])
  for (const { policies } of [before, after]) collect(policies, values, names, fields)
  const looser = []
  for (const policy of names) {
    const found = await findLooser(policy, [before.policies, after.policies], { values, fields: [...fields] })
    if (found === null) continue
    const allowed = said(`allowed: ${found}`, `permitido: ${found}`)
    looser.push({ place: `@policy "${policy}"`, before: said('denied', 'negado'), after: allowed })
  }
  return looser
}

/** Notes the values with which policies compare each attribute, the names that they decide, and the fields that they name. */
function collect(
  { text }: PolicySet,
  values: ReadonlyMap<string, Set<string | null>>,
  names: Set<string>,
  fields: Set<string>,
): void {
  const parts = cedar.policySetTextToParts(text)
  if (parts.type === 'failure') return
  for (const policy of parts.policies) {
    const answer = cedar.policyToJson(policy)
    if (answer.type === 'failure') continue
    const { annotations, conditions, resource } = answer.json
    if (annotations?.policy) names.add(annotations.policy)
    for (const text of stringsIn(resource)) if (/^\w+\.\w+$/.test(text)) fields.add(text)
    // One that is only looked for, by `has`, is there or not.
    for (const attribute of attributesIn(conditions)) values.get(attribute)?.add(null)
    for (const comparison of comparisonsIn(conditions)) {
      const literals = stringsIn(comparison)
      for (const text of literals) if (/^[A-Z]\w*\.\w+$/.test(text)) fields.add(text)
      for (const attribute of attributesIn(comparison)) {
        for (const text of LISTS.has(attribute) ? [...literals, literals.join(' ')] : literals)
          values.get(attribute)?.add(text)
      }
    }
  }
}

function* comparisonsIn(node: unknown): Iterable<unknown> {
  if (typeof node !== 'object' || node === null) return
  for (const [key, below] of Object.entries(node)) {
    if (COMPARISONS.has(key)) yield below
    yield* comparisonsIn(below)
  }
}

function attributesIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, below]) =>
    key === 'attr' && typeof below === 'string' ? [below] : attributesIn(below),
  )
}

function stringsIn(node: unknown): readonly string[] {
  if (typeof node === 'string') return [node]
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, below]) => (key === 'attr' || key === 'Var' ? [] : stringsIn(below)))
}

interface Space {
  readonly values: ReadonlyMap<string, ReadonlySet<string | null>>
  readonly fields: readonly string[]
}

type Chosen = Readonly<Record<string, string | null>>

/** Returns who may read what after, but not before; null if nobody was found. */
async function findLooser(
  policy: string,
  [before, after]: readonly [PolicySet, PolicySet],
  space: Space,
): Promise<string | null> {
  let tried = 0
  for (const { chosen, coordinate } of combine(space)) {
    tried += 1
    if (tried % TRIED_A_TURN === 0) await letOthersRun()
    const question = toQuestion(policy, chosen, coordinate)
    if (after.decide(question).isAllowed && !before.decide(question).isAllowed) return describe(chosen, coordinate)
  }
  return null
}

/** Lists the combinations, each by its number in a mixed base. */
function* combine({ values, fields }: Space): Iterable<{ readonly chosen: Chosen; readonly coordinate: string }> {
  const axes = [...values].map(([name, all]) => [name, [...all]] as const)
  const count = axes.reduce((product, [, all]) => product * all.length, fields.length)
  const step = count <= MOST_TRIED ? 1 : Math.floor(count / MOST_TRIED) | 1
  for (let at = 0; at < count; at += step) {
    let rest = at
    const take = <Item>(all: readonly Item[]): Item => {
      const item = all[rest % all.length] as Item
      rest = Math.floor(rest / all.length)
      return item
    }
    const coordinate = take(fields)
    yield { coordinate, chosen: Object.fromEntries(axes.map(([name, all]) => [name, take(all)])) }
  }
}

function toQuestion(policy: string, chosen: Chosen, coordinate: string): PolicyQuestion {
  const { country, agency, role, client, scopes, purpose, legalBasis, taskForce, assurance, time } = chosen
  const caller = {
    issuer: 'https://issuer.example',
    subject: 'somebody',
    client: client ?? undefined,
    assurance: assurance ?? undefined,
    scopes: scopes?.split(' ') ?? [],
    organisation: { country: country ?? 'ZZ', ...(agency && { agency }), ...(role && { role }) },
    mandate: {
      type: 'istmo_mandate' as const,
      purposes: [],
      countries: [],
      not_after: '9999-12-31',
      ...(taskForce && { task_force: taskForce }),
    },
  }
  const grounds = {
    purpose: (PURPOSES.find((one) => one === purpose) ?? PURPOSES[0]) satisfies Purpose,
    ...(chosen.case && { case: chosen.case }),
    ...(legalBasis && { legalBasis: legalBasis.split(' ') }),
  }
  return { policy, coordinate, caller, grounds, nowMs: Date.parse(time ?? '') || 0 }
}

function describe(chosen: Chosen, coordinate: string): string {
  const parts = Object.entries(chosen).filter(([name, value]) => value !== null && value !== OTHERS[name])
  return [coordinate, ...parts.map(([name, value]) => `${name} ${value}`)].join(', ')
}
