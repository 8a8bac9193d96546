/** A service that counts wrongly, or says wrongly what its law is. */
import { OTHER_TASK_FORCE } from '../../../joining/conformance/identity.ts'
import { asObject, type Leg } from '../../../joining/conformance/leg.ts'
import { answering, changing, eachObject, type Json, mistaking, variablesOf, type Wrong } from './damage.ts'

const asksCounts = ({ query }: Leg): boolean => query.includes('caseCounts(')
const isOther = ({ as }: Leg): boolean => as?.taskForce === OTHER_TASK_FORCE
const hasRange = (leg: Leg): boolean => variablesOf(leg).iccs !== undefined || hasYears(leg)
const hasYears = (leg: Leg): boolean => variablesOf(leg).fromYear !== undefined || variablesOf(leg).toYear !== undefined
/** Years of which no country has a case. */
const isBeyond = (leg: Leg): boolean => variablesOf(leg).toYear === 1900 || variablesOf(leg).fromYear === 9999

const countsOf = (json: Json): Json[] => (asObject(asObject(json.data).caseCounts).counts ?? []) as Json[]
const addOne = (json: Json): void => {
  const [first] = countsOf(json)
  if (first !== undefined) first.cases = Number(first.cases) + 1
}
const without = (leg: Leg, ...names: readonly string[]): Leg => ({
  ...leg,
  variables: Object.fromEntries(Object.entries(variablesOf(leg)).filter(([name]) => !names.includes(name))),
})

const COUNTS: Readonly<Record<string, Wrong>> = {
  'counts.values': changing((leg) => asksCounts(leg) && variablesOf(leg).by === 'YEAR' && !hasRange(leg), addOne),
  'counts.months': changing(
    (leg) => asksCounts(leg) && variablesOf(leg).by === 'MONTH' && variablesOf(leg).level === 1,
    addOne,
  ),
  'counts.iccs': mistaking(
    (leg) => asksCounts(leg) && variablesOf(leg).iccs !== undefined && variablesOf(leg).iccs !== '010',
    (leg) => without(leg, 'iccs'),
  ),
  'counts.years': mistaking(
    (leg) => asksCounts(leg) && hasYears(leg) && !isBeyond(leg),
    (leg) => without(leg, 'fromYear', 'toYear'),
  ),
  'counts.beyond': changing(
    (leg) => asksCounts(leg) && isBeyond(leg),
    (json) => {
      json.extensions = {}
    },
  ),
  'counts.task-force': mistaking(
    (leg) => asksCounts(leg) && isOther(leg),
    (leg, { reader }) => ({ ...leg, as: reader }),
  ),
  'counts.order': changing(
    (leg) => asksCounts(leg) && variablesOf(leg).level === 2 && variablesOf(leg).by === 'MONTH',
    (json) => countsOf(json).reverse(),
  ),
  'counts.bad-level': answering(
    (leg) => asksCounts(leg) && variablesOf(leg).level === 0,
    () => ({ caseCounts: { counts: [], withheldBy: [] } }),
  ),
}

const asksVerdict = ({ query }: Leg): boolean => query.includes('dualCriminality(')
const changeVerdict = (change: (verdict: Json, leg: Json) => void): Wrong =>
  changing(asksVerdict, (json) => {
    const verdict = asObject(asObject(json.data).dualCriminality) as Json
    const [leg] = (verdict.perCountry ?? []) as Json[]
    if (leg !== undefined) change(verdict, leg)
  })

const asksClasses = ({ query }: Leg): boolean => query.includes('iccsClasses(')
const listsCodes = (leg: Leg): boolean => {
  const { codes } = variablesOf(leg)
  return Array.isArray(codes) && codes.includes('99')
}

const LAW: Readonly<Record<string, Wrong>> = {
  'law.statutes': changeVerdict((_, leg) => (leg.statutes as Json[]).pop()),
  // The statute that records.ts has as repealed.
  'law.in-force': changeVerdict((_, leg) => (leg.statutes as Json[]).push({ id: 'HN:CP:6' })),
  'law.satisfied': changeVerdict((verdict) => Object.assign(verdict, { satisfied: true })),
  'law.serious-crime': changeVerdict((_, leg) => Object.assign(leg, { untocSeriousCrime: true })),
  'law.class-form': changing(asksClasses, (json) =>
    eachObject(json.data, (each) => each.code === '0101' && Object.assign(each, { level: 3 })),
  ),
  'law.classes-by-codes': changing(
    (leg) => asksClasses(leg) && listsCodes(leg),
    (json) => (asObject(asObject(json.data).iccsClasses).classes as Json[] | undefined)?.reverse(),
  ),
  'law.classes-under': mistaking(
    (leg) => asksClasses(leg) && variablesOf(leg).under !== undefined && variablesOf(leg).codes !== undefined,
    (leg) => without(leg, 'under'),
  ),
  'law.classes-search': answering(
    (leg) => asksClasses(leg) && /\p{L}/u.test(String(variablesOf(leg).search ?? '')),
    () => ({ iccsClasses: { classes: [] } }),
  ),
  'law.classes-refused': answering(
    (leg) => asksClasses(leg) && Object.keys(variablesOf(leg)).join() === 'publishers',
    () => ({ iccsClasses: { classes: [] } }),
  ),
}

/** The mutants of counts and of the law, by the check that must catch them. */
export const COUNT_AND_LAW_MUTANTS: Readonly<Record<string, Wrong>> = { ...COUNTS, ...LAW }
