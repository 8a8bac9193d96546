import { type DocumentNode, Kind, parse, visit } from 'graphql'
import type { KnownOperation, OperationToPlan } from '../types/planning.ts'

/** How many condition variables a document may have whose values are all planned. */
const MAX_CONDITIONS = 2

/**
 * Lists what callers can ask with a trusted document: each of its operations, by its name and, if it is the only one, without a name; with each
 * value of the variables that decide an `@include` or `@skip`, if these are few. No field is removed: nobody has asked yet.
 */
export function listOperations(source: string): readonly KnownOperation[] {
  const document = parse(source, { noLocation: true })
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION)
  const names = operations.flatMap(({ name }) => (name === undefined ? [] : [name.value]))
  const asked = operations.length === 1 ? [undefined, ...names] : names
  const combinations = listCombinations(listConditions(document))
  return asked.flatMap((operationName) =>
    combinations.map((conditions): KnownOperation => {
      const operation: OperationToPlan = { source, operationName, conditions }
      return { asked: operation, planned: null, removedFields: NONE }
    }),
  )
}

const NONE: ReadonlySet<string> = new Set()

/** Lists the variables that decide an `@include` or `@skip` anywhere in a document, sorted, as the planner does. */
function listConditions(document: DocumentNode): readonly string[] {
  const names = new Set<string>()
  visit(document, {
    Directive({ name, arguments: [argument] = [] }) {
      const isCondition = name.value === 'include' || name.value === 'skip'
      if (isCondition && argument?.value.kind === Kind.VARIABLE) names.add(argument.value.name.value)
    },
  })
  return [...names].sort()
}

/** Lists each combination of values; none if there are too many. */
function listCombinations(names: readonly string[]): readonly Readonly<Record<string, boolean>>[] {
  if (names.length > MAX_CONDITIONS) return []
  return names.reduce<readonly Readonly<Record<string, boolean>>[]>(
    (combinations, name) =>
      combinations.flatMap((each) => [
        { ...each, [name]: false },
        { ...each, [name]: true },
      ]),
    [{}],
  )
}
