import { readFileSync } from 'node:fs'
import { parse } from 'graphql'
import type { CompiledOperation } from '../planned.ts'
import { createPlanner } from './compile.ts'

/** The committed supergraph of the three domains, for tests. */
export const SUPERGRAPH_SDL = readFileSync(new URL('../../supergraph.graphql', import.meta.url), 'utf8')

/** Compiles an operation over the three domains, for tests. */
export function compileForTest(source: string, variables: Record<string, unknown> = {}): CompiledOperation {
  const planner = createPlanner(SUPERGRAPH_SDL, () => true)
  return planner.compile({ document: parse(source), source, operationName: undefined, variables }).compiled
}
