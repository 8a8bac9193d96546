import type { QueryPlan } from '@apollo/query-planner'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { FetchNode } from '../split/list-fetch-nodes.ts'
import { restoreAliases, rewrittenKey } from './nested-alias-forgotten.ts'

describe('the aliases of a fetch', () => {
  it('are added to the fields that its rewrites rename, also below other such fields', () => {
    const paths = [
      ['box', '... on Vase', 'in__1'],
      ['box', '... on Vase', 'in__1', '... on Lamp', 'size__1'],
    ]
    const fetch = fetchOf('{box{...on Lamp{size}...on Vase{in__1:in{...on Lamp{size}...on Vase{size}}}}}', paths)
    expect(restoreAliases(fetch).operation).toBe(
      '{box{...on Lamp{size}...on Vase{in__1:in{...on Lamp{size__1:size}...on Vase{size}}}}}',
    )
    expect(rewrittenKey('size__1', fetch)).toBe('size')
  })

  it('are added below each entity', () => {
    const text = 'query($representations:[_Any!]!){_entities(representations:$representations){...on Box{a b}}}'
    const fetch = { ...fetchOf(text, [['... on Box', 'b__1']], 'b'), requires: [] }
    expect(restoreAliases(fetch).operation).toContain('...on Box{a b__1:b}')
  })

  it('stay unchanged if the planner wrote them', () => {
    const fetch = fetchOf('{box{size__1:size}}', [['box', 'size__1']])
    expect(restoreAliases(fetch)).toBe(fetch)
  })
})

/** Makes a planner's fetch that renames the key at the end of each path. */
function fetchOf(operation: string, paths: readonly string[][], name?: string): FetchNode {
  const outputRewrites = paths.map((path) => ({
    kind: 'KeyRenamer' as const,
    path,
    renameKeyTo: name ?? String(path.at(-1)).replace('__1', ''),
  }))
  const node: QueryPlan['node'] = {
    kind: 'Fetch',
    serviceName: 'boxes',
    operation,
    operationKind: 'query' as FetchNode['operationKind'],
    operationName: undefined,
    operationDocumentNode: parse(operation, { noLocation: true }),
    outputRewrites,
  }
  return node
}
