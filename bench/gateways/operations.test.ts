import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { findLiteral } from '../../contract/trust/question-literals.ts'
import { bodyOf, OPERATIONS, VARIANTS } from './operations.ts'

describe.each(OPERATIONS)('the operation $name', (operation) => {
  it('can be signed: it has no value of its own', () => {
    expect(() => parse(operation.document)).not.toThrow()
    expect(findLiteral(operation.document)).toBeNull()
  })

  it('has other variables in each variant, and gives each variable that it declares', () => {
    const bodies = Array.from({ length: VARIANTS }, (_, variant) => bodyOf(operation, variant))
    expect(new Set(bodies).size).toBe(VARIANTS)
    const [definition] = parse(operation.document).definitions
    const declared = definition?.kind === 'OperationDefinition' ? definition.variableDefinitions : []
    expect(declared?.map(({ variable }) => variable.name.value).sort()).toEqual(
      Object.keys(operation.variables(0)).sort(),
    )
  })
})
