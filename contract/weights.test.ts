import { type FieldDefinitionNode, Kind, type ObjectTypeDefinitionNode, parse, type TypeNode } from 'graphql'
import { expect, it } from 'vitest'
import { DOMAINS } from './domain.ts'
import { domainSdl } from './domain-sdl.ts'
import { FIELD_WEIGHTS } from './weights.ts'

const TYPES: readonly ObjectTypeDefinitionNode[] = DOMAINS.flatMap((domain) =>
  parse(domainSdl(domain)).definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION),
)
const OBJECTS = new Set(TYPES.map(({ name }) => name.value))

const nameOf = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type))
const hasId = ({ fields = [] }: ObjectTypeDefinitionNode): boolean => fields.some(({ name }) => name.value === 'id')
/** Whether a field leads to other rows: to objects, which its own row may not hold. */
const leadsToRows = ({ type }: FieldDefinitionNode): boolean => OBJECTS.has(nameOf(type))

it('each field of the contract that reads rows of its own has a weight, and no other has one', () => {
  const coordinates = TYPES.filter((type) => type.name.value === 'Query' || hasId(type)).flatMap(
    ({ name, fields = [] }) => fields.filter(leadsToRows).map((field) => `${name.value}.${field.name.value}`),
  )
  const weighted = Object.keys(FIELD_WEIGHTS).filter((coordinate) => !coordinate.endsWith(':)'))
  expect(weighted.sort()).toEqual([...new Set(coordinates)].sort())
})

it('each weight by item names a list argument of the contract, and no list of searches is without one', () => {
  const lists = TYPES.flatMap(({ name, fields = [] }) =>
    fields.flatMap((field) =>
      (field.arguments ?? [])
        .filter(
          ({ type }) =>
            nameOf(type).endsWith('Search') && type.kind === Kind.NON_NULL_TYPE && type.type.kind === Kind.LIST_TYPE,
        )
        .map((argument) => `${name.value}.${field.name.value}(${argument.name.value}:)`),
    ),
  )
  expect(Object.keys(FIELD_WEIGHTS).filter((coordinate) => coordinate.endsWith(':)'))).toEqual(lists)
})

it('no weight is negative or a fraction, and a list of 500 searches stays below what an operation may cost by default', () => {
  for (const weight of Object.values(FIELD_WEIGHTS))
    expect(weight).toSatisfy((one: number) => Number.isInteger(one) && one >= 0)
  const { 'Query.personListHits': once = 0, 'Query.personListHits(searches:)': each = 0 } = FIELD_WEIGHTS
  expect(once + 500 * (each + 1)).toBeLessThan(50_000)
})
