import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { IstmoError } from '../../../contract/errors.ts'
import type { AskedField, AskedFields } from '../../../contract/trust/question-document.ts'
import type { GuardedRequest } from '../guard.ts'
import { type Coerced, coerceLegVariables, readArguments } from '../leg-variables.ts'
import type { QuestionContract } from './question-contract.ts'
import type { ShownValues } from './shown-values.ts'

/** What of a leg is not the question's. The coordinate is null if it is the question itself. */
interface QuestionFault {
  readonly coordinate: string | null
  readonly reason: ForeignPart['reason'] | 'ID' | 'STATEMENT' | 'DOCUMENT'
  /** What was expected, without any value from outside. Null if the reason says all. */
  readonly expected: string | null
}

/**
 * A leg that does not follow from the officer's question. The fault is for the country's own log: the caller learns only that there was one.
 */
export class NotOfQuestion extends IstmoError {
  readonly fault: QuestionFault

  constructor(fault: QuestionFault, cause?: unknown) {
    super('LEG_NOT_OF_QUESTION', undefined, { cause })
    this.fault = fault
  }
}

/** Makes the rejection of a leg whose question itself is not as expected. */
export function badStatement(expected: string, cause?: unknown): NotOfQuestion {
  return new NotOfQuestion({ coordinate: null, reason: 'STATEMENT', expected }, cause)
}

/** Makes the rejection of a leg whose question has a document that is not as expected. */
export function badDocument(expected: string, cause?: unknown): NotOfQuestion {
  return new NotOfQuestion({ coordinate: null, reason: 'DOCUMENT', expected }, cause)
}

/** One field of a leg, wherever in its document it stands. */
export interface LegField {
  readonly typeName: string
  readonly fieldName: string
  /** The field without the arguments that the gateway chooses. */
  readonly definition: GraphQLField<unknown, unknown>
  readonly node: FieldNode
  /** The arguments that the gateway chooses: the country that is asked, and the place at which a page begins. */
  readonly free: ReadonlySet<string>
  /** Whether it returns a page of at most `first` rows. */
  readonly isPage: boolean
}

/**
 * Lists each field of a leg's document: also those of other operations and of fragments that nothing uses, and whatever their conditions
 * say, because no gateway sends them. Aliases hide nothing.
 * @param document valid for the schema.
 */
export function listLegFields(document: DocumentNode, schema: GraphQLSchema): readonly LegField[] {
  const fields: LegField[] = []
  const info = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        const typeName = info.getParentType()?.name
        const definition = info.getFieldDef()
        if (typeName === undefined || !definition) throw new Error('expected a document that fits the schema')
        const isPage = returnsPage(definition)
        const every = readEveryArgument(definition)
        const free = new Set([...(every === null ? [] : [every]), ...(isPage ? ['after'] : [])])
        const field = { typeName, fieldName: definition.name, node, free, isPage }
        fields.push({ ...field, definition: withoutArguments(definition, free) })
      },
    }),
  )
  return fields
}

/** Returns a field without some of its arguments. */
export function withoutArguments(
  definition: GraphQLField<unknown, unknown>,
  names: ReadonlySet<string>,
): GraphQLField<unknown, unknown> {
  if (names.size === 0) return definition
  return { ...definition, args: definition.args.filter(({ name }) => !names.has(name)) }
}

/** Whether a field returns a page: at most `first` rows behind `after`. */
export function returnsPage({ type, args }: GraphQLField<unknown, unknown>): boolean {
  const named = getNamedType(type)
  const takes = (name: string): boolean => args.some((argument) => argument.name === name)
  return isObjectType(named) && named.getFields().pageInfo !== undefined && takes('first') && takes('after')
}

/** Returns the argument that reaches a country as a list of only that country (`@answeredBy(who: EVERY)`); null if there is none. */
function readEveryArgument({ astNode }: GraphQLField<unknown, unknown>): string | null {
  const directive = astNode?.directives?.find(({ name }) => name.value === 'answeredBy')
  const value = (name: string): string => {
    const node = directive?.arguments?.find((argument) => argument.name.value === name)?.value
    return node?.kind === Kind.ENUM || node?.kind === Kind.STRING ? node.value : ''
  }
  return value('who') === 'EVERY' ? value('argument') : null
}

/** What of a leg the question does not ask for, for the country's own log. */
export interface ForeignPart {
  /** A field, `Type.field`, or an argument, `Type.field(name:)`. */
  readonly coordinate: string
  readonly reason: 'FIELD' | 'ARGUMENT' | 'VARIABLES' | 'REPRESENTATION'
}

/** A question as a leg is compared with it. */
export interface ShownQuestion {
  /** What the document asks for under the shown conditions, with what follows from it. */
  readonly asked: AskedFields
  readonly values: ShownValues
  readonly contract: QuestionContract
}

/** How a leg compares with its question. */
export interface ComparedLeg {
  /** The first part that does not follow from the question; null if there is none. */
  readonly foreign: ForeignPart | null
  /** The ids of the entities that the leg asks about, each once. Whether they are the question's is not compared here. */
  readonly ids: ReadonlySet<string>
}

/**
 * Compares a leg with a question: each field must be one that the document asks for, or follow from one, and each argument must be what the
 * document gives there. The check is by coordinate and not by path: a field that the document asks for anywhere may stand at any place of
 * a leg that the schema allows. What the two documents say is compared once for each pair; what variables say, for each leg.
 * @param fields the fields of the leg's document, listed with `schema`.
 */
export function compareLeg(
  fields: readonly LegField[],
  request: GuardedRequest,
  schema: GraphQLSchema,
  question: ShownQuestion,
): ComparedLeg {
  const ids = new Set<string>()
  const variables = coerceLegVariables(request, schema)?.coerced
  if (variables === undefined) return { foreign: VARIABLES, ids }
  for (const check of findChecks(fields, question)) {
    const foreign = check(variables, question.values, ids)
    if (foreign !== null) return { foreign, ids }
  }
  return { foreign: null, ids }
}

const VARIABLES: ForeignPart = { coordinate: 'Query', reason: 'VARIABLES' }
const REPRESENTATION: ForeignPart = { coordinate: 'Query._entities(representations:)', reason: 'REPRESENTATION' }

/** Checks what is left of one field of a leg. Adds the ids that it asks about. */
type CheckField = (variables: Coerced, shown: ShownValues, ids: Set<string>) => ForeignPart | null

/** By what a question asks for, and by the fields of a leg: what is left to check. Both are remembered where documents are, and no longer. */
const known = new WeakMap<AskedFields, WeakMap<readonly LegField[], readonly CheckField[]>>()

function findChecks(fields: readonly LegField[], { asked, contract }: ShownQuestion): readonly CheckField[] {
  const ofQuestion = known.get(asked) ?? new WeakMap<readonly LegField[], readonly CheckField[]>()
  known.set(asked, ofQuestion)
  const checks = ofQuestion.get(fields) ?? fields.flatMap((field) => prepareField(field, asked, contract))
  ofQuestion.set(fields, checks)
  return checks
}

/** Returns no check for a field that follows from the question whatever the variables are. */
function prepareField(field: LegField, asked: AskedFields, contract: QuestionContract): readonly CheckField[] {
  const { typeName, fieldName, definition, node } = field
  const coordinate = `${typeName}.${fieldName}`
  if (fieldName === '__typename') return []
  if (coordinate === 'Query._entities') {
    return [
      (variables, _, ids) =>
        addRepresentations(readArguments(definition, node, variables), contract, ids) ? null : REPRESENTATION,
    ]
  }
  const places = asked.get(coordinate)
  if (places === undefined) {
    const foreign: ForeignPart = { coordinate, reason: 'FIELD' }
    return contract.isAlwaysAsked(typeName, fieldName) ? [] : [() => foreign]
  }
  return definition.args.length === 0 ? [] : [prepareArgumentsCheck(field, coordinate, places, contract)]
}

/** Adds the ids of a field's representations. False if one of them has more than an id and what `@requires` names. */
function addRepresentations(sent: Coerced | null, contract: QuestionContract, ids: Set<string>): boolean {
  const values = sent?.representations
  if (!Array.isArray(values)) return false
  return values.every((value: unknown) => {
    if (typeof value !== 'object' || value === null) return false
    const { __typename: typeName, id } = value as Record<string, unknown>
    if (typeof typeName !== 'string' || typeof id !== 'string') return false
    const names = contract.representationFieldsOf(typeName)
    ids.add(id)
    return Object.keys(value).every((name) => names.has(name))
  })
}

/** Checks that one place of the document gives all arguments. What it names is an argument that no place gives so. */
function prepareArgumentsCheck(
  field: LegField,
  coordinate: string,
  asked: readonly AskedField[],
  contract: QuestionContract,
): CheckField {
  const { args } = field.definition
  const places = asked.flatMap((place) => preparePlace(field, place, contract))
  const foreignParts = new Map(
    args.map(({ name }) => [name, { coordinate: `${coordinate}(${name}:)`, reason: 'ARGUMENT' } as const]),
  )
  return (variables, shown) => {
    let foreign = foreignParts.get(args[0]?.name ?? '') ?? null
    const sent = readArguments(field.definition, field.node, variables)
    if (sent === null) return foreign
    for (const { names, read } of places) {
      const given = names.every(shown.isKnown) ? read(shown.coerced) : null
      if (given === null) continue
      const different = args.find(({ name, defaultValue }) => {
        const isFirst = name === 'first' && field.isPage
        return isFirst ? !isAtMost(sent[name], given[name], defaultValue) : !isSame(sent[name], given[name])
      })
      if (different === undefined) return null
      foreign = foreignParts.get(different.name) ?? foreign
    }
    return foreign
  }
}

/** What the document gives at one place. */
interface GivenArguments {
  /** The names of the variables in it. If one of them is not shown, nobody knows what the place gives. */
  readonly names: readonly string[]
  readonly read: (variables: Coerced) => Coerced | null
}

/** Returns no place if the contract has no such field. */
function preparePlace(
  { typeName, definition: { args } }: LegField,
  { node, variables }: AskedField,
  { schema }: QuestionContract,
): readonly GivenArguments[] {
  const type = schema.getType(typeName)
  const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined
  if (definition === undefined) return []
  const free = definition.args.filter(({ name }) => args.every((argument) => argument.name !== name))
  const compared = withoutArguments(definition, new Set(free.map(({ name }) => name)))
  const read = (coerced: Coerced): Coerced | null => readArguments(compared, node, coerced)
  return [{ names: args.flatMap(({ name }) => variables.get(name) ?? []), read }]
}

/** Whether a page is not larger than the question's. Null stands for the default, as the contract says. */
function isAtMost(sent: unknown, given: unknown, byDefault: unknown): boolean {
  const most = Number(given ?? byDefault)
  return Number(sent ?? byDefault) <= most
}

/** Whether two coerced values are equal. A member that is absent equals null, as the contract says. Lists keep their order. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === null || one === undefined) return other === null || other === undefined
  if (typeof one !== 'object' || typeof other !== 'object' || other === null) return Object.is(one, other)
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other)) return false
    return one.length === other.length && one.every((item, at) => isSame(item, other[at]))
  }
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) =>
    isSame((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
  )
}
