/** What the rules of the dress deny to its officers, and how the right answers look then. */
import { canonicalText, type RightAnswer } from './equal.ts'
import { STRICT_COUNTRY } from './product-records.ts'

/** The fields of the graph that each gateway can serve that its country does not show: a root field, and the field below it. */
const DENIED_FIELDS = [
  ['registry', 'keeper'],
  ['docket', 'clerk'],
] as const

interface Product {
  readonly person: { readonly cases: { readonly edges: readonly { readonly node: CaseNode }[] } }
}

interface CaseNode {
  readonly country: string
  readonly mlaRequests: { edges: readonly object[]; readonly outcomes: readonly Outcome[] }
}

interface Outcome {
  readonly country: string
  reach: string
}

/** Returns the right answer to somebody to whom nothing is denied. */
export function answerWhole(data: string): RightAnswer {
  return { data, denied: [] }
}

/**
 * Returns the right answer to officers of the dress.
 * @param size of the graph: see `worldOf`.
 * @param data the canonical text of the right data without rules.
 */
export function answerPruned(size: number, data: string): RightAnswer {
  return size === 0 ? pruneFields(JSON.parse(data)) : pruneRequests(JSON.parse(data))
}

/** The only country that is asked denies a field, so the field is null and has an error. */
function pruneFields(data: Record<string, Record<string, unknown>>): RightAnswer {
  const denied = DENIED_FIELDS.flatMap(([root, field]) => {
    const record = data[root]
    if (record?.[field] === undefined) return []
    record[field] = null
    return [`UNAUTHORIZED_FIELD_OR_TYPE ${root}.${field}`]
  })
  return { data: canonicalText(data), denied }
}

/** One of the countries denies its requests for assistance: it has the outcome DENIED at each case, and its own requests are missing. */
function pruneRequests(data: Product): RightAnswer {
  const denied = data.person.cases.edges.flatMap(({ node: { country, mlaRequests } }, at) => {
    const outcome = mlaRequests.outcomes.find((one) => one.country === STRICT_COUNTRY)
    if (outcome === undefined) return []
    outcome.reach = 'DENIED'
    if (country === STRICT_COUNTRY) mlaRequests.edges = []
    return [`FORBIDDEN_BY_COUNTRY person.cases.edges.${at}.node.mlaRequests`]
  })
  return { data: canonicalText(data), denied }
}
