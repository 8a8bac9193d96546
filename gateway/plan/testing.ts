import { readFileSync } from 'node:fs'
import { Kind, parse, print, visit } from 'graphql'
import type { CompiledOperation } from '../types/operation.ts'
import { createPlanner } from './compile.ts'

/** The committed supergraph of the three domains, for tests. */
export const SUPERGRAPH_SDL = readFileSync(new URL('../../supergraph.graphql', import.meta.url), 'utf8')

/** Compiles an operation over the three domains, for tests. */
export function compileForTest(source: string, variables: Record<string, unknown> = {}): CompiledOperation {
  const planner = createPlanner(SUPERGRAPH_SDL, () => true)
  const { prepared } = planner.prepare({ document: parse(source), source, operationName: undefined, variables })
  return planner.compile(prepared, new Set())
}

/** The same graph without access rules, for tests of what is not about rights. */
export const OPEN_SUPERGRAPH_SDL = withoutRules(SUPERGRAPH_SDL)

function withoutRules(sdl: string): string {
  const rules = new Set(['authenticated', 'requiresScopes', 'policy'])
  return print(
    visit(parse(sdl, { noLocation: true }), {
      enter(node) {
        if (node.kind === Kind.SCHEMA_DEFINITION) return false
        return node.kind === Kind.DIRECTIVE && rules.has(node.name.value) ? null : undefined
      },
    }),
  )
}
