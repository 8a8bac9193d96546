import { type FieldNode, type OperationDefinitionNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { SpreadFetch } from '../types/operation.ts'
import { type DocumentField, legDocument } from './leg-template.ts'

describe('the document of a leg', () => {
  it('has the top fields of a root fetch, and the variables that they use', () => {
    const document = legDocument(fetchOf('ROOT'), [
      fieldOf(0, 'Query', 'a(x: $a)'),
      fieldOf(1, 'Query', 'c { d(x: $c) }'),
    ])
    expect(document).toEqual({
      query: 'query($a:Int$c:Int){a(x:$a)c{d(x:$c)}}',
      variables: ['a', 'c'],
    })
  })

  it('has the top fields of entities by their type, with the keys of the gateway', () => {
    const fields = [fieldOf(0, 'Case', 'a'), fieldOf(1, 'Person', 'b(x: $b)'), fieldOf(2, 'Case', 'c')]
    expect(legDocument(fetchOf('OWNER'), fields)).toEqual({
      query:
        'query($representations:[_Any!]!$b:Int){_entities(representations:$representations){' +
        '...on Case{_iT:__typename _iId:id a c}...on Person{_iT:__typename _iId:id b(x:$b)}}}',
      variables: ['b'],
    })
  })

  it('is made once for equal parts of the fields of a fetch', () => {
    const fetch = fetchOf('ROOT')
    const [one, two] = [fieldOf(0, 'Query', 'a'), fieldOf(1, 'Query', 'b')]
    const document = legDocument(fetch, [one, two])
    expect(legDocument(fetch, [{ ...one, node: two.node }, two])).toBe(document)
    expect(legDocument(fetch, [one])).not.toBe(document)
    expect(legDocument(fetch, [one, { ...two, key: 'pruned' }])).not.toBe(document)
    expect(legDocument(fetch, [one, { ...two, bit: 2 }])).not.toBe(document)
    expect(legDocument(fetchOf('ROOT'), [one, two])).not.toBe(document)
  })

  it('tells the keys of fields apart', () => {
    const fetch = fetchOf('ROOT')
    const two = legDocument(fetch, [fieldOf(1, 'Query', 'a'), fieldOf(2, 'Query', 'b')])
    expect(legDocument(fetch, [{ ...fieldOf(1, 'Query', 'a'), key: '2 ' }])).not.toBe(two)
    const one = legDocument(fetch, [
      { ...fieldOf(1, 'Query', 'a'), key: '1' },
      { ...fieldOf(2, 'Query', 'b'), key: '' },
    ])
    expect(legDocument(fetch, [{ ...fieldOf(1, 'Query', 'a'), key: '12' }])).not.toBe(one)
    expect(legDocument(fetch, [{ ...fieldOf(11, 'Query', 'a'), key: '2' }])).not.toBe(one)
  })
})

function fetchOf(mode: SpreadFetch['mode']): SpreadFetch {
  const { variableDefinitions } = operationOf('query ($a: Int, $b: Int, $c: Int) { x }')
  return { mode, variableDefinitions, keys: { typename: '_iT', id: '_iId', prefix: '_i' } } as unknown as SpreadFetch
}

function fieldOf(bit: number, typeName: string, selection: string): DocumentField {
  return { bit, typeName, node: operationOf(`{ ${selection} }`).selectionSet.selections[0] as FieldNode, key: '' }
}

function operationOf(source: string): OperationDefinitionNode {
  return parse(source, { noLocation: true }).definitions[0] as OperationDefinitionNode
}
