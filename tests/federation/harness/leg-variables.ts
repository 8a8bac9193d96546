import type { Leg } from '../../../gateway/types/flow.ts'

/** Returns all variables that a leg sends. Those of a leg whose answer is spliced are JSON. */
export function variablesOf({ variables, variablesJson }: Leg): Readonly<Record<string, unknown>> {
  return variablesJson === undefined ? variables : JSON.parse(variablesJson)
}
