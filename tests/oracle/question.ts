import { type DefinitionNode, type GraphQLSchema, Kind, parse, print, validate } from 'graphql'
import type { Dice } from './dice.ts'
import type { Operation } from './operation.ts'
import type { Publishers, World } from './rows.ts'
import { type Making, makeSet } from './selections.ts'
import { smallerOperations } from './smaller-operations.ts'
import { type AskedKind, InWorldArbitrary } from './world.ts'

/** How many levels of fields an operation may have: `cases { edges { node { participants { edges { node { person { cases { edges { node` is ten. */
const MAX_DEPTH = 11
const MAX_FIELDS = 70

/** Random valid operations over the contract, in random worlds of these participants. */
export function questions(schema: GraphQLSchema, sets?: readonly Publishers[]): InWorldArbitrary<Operation> {
  const kind: AskedKind<Operation> = {
    make: (dice, world) => makeOperation(dice, schema, world),
    smaller: (operation) => smallerOperations(schema, operation),
    describe: ({ document, variables, operationName }) =>
      `${print(document)}\nvariables ${JSON.stringify(variables)} operationName ${operationName}`,
  }
  return new InWorldArbitrary(kind, sets)
}

function makeOperation(dice: Dice, schema: GraphQLSchema, world: World): Operation {
  for (let attempt = 0; attempt < 20; attempt++) {
    const operation = tryOperation(dice, schema, world)
    if (validate(schema, operation.document).length === 0) return operation
  }
  throw new Error('expected a valid operation in 20 attempts')
}

function tryOperation(dice: Dice, schema: GraphQLSchema, world: World): Operation {
  const query = schema.getQueryType()
  if (!query) throw new Error('expected a query type')
  const making: Making = {
    dice,
    world,
    fragments: [],
    variables: new Map(),
    values: {},
    keys: new Map(),
    budget: dice.between(4, dice.oneIn(2) ? MAX_FIELDS / 2 : MAX_FIELDS),
    names: 0,
    onceFields: new Set(),
  }
  const selectionSet = makeSet(query, '', MAX_DEPTH, making)
  const name = dice.oneIn(4) ? 'Main' : undefined
  const main: DefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: 'query' as never,
    ...(name && { name: { kind: Kind.NAME, value: name } }),
    variableDefinitions: [...making.variables.values()].map(({ definition }) => definition),
    selectionSet,
  }
  const others = name && dice.oneIn(3) ? parse('query Other { case(id: "GT:1") { id } }').definitions : []
  return {
    document: { kind: Kind.DOCUMENT, definitions: [...others, main, ...making.fragments] },
    operationName: name,
    variables: making.values,
  }
}
