import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  Source,
  specifiedRules,
  TokenKind,
  type ValidationRule,
  validate,
} from 'graphql'
import { meaningOf } from '../../contract/error-message.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import { fragmentsInOrderOfUse, fragmentsOf } from '../../contract/fragments.ts'
import { checkLimit, type Limits } from './limits.ts'

/**
 * The most tokens that the parser reads of a document. A longer document would cost the parser and the validation more than any
 * answer. The limits of admission are tighter.
 */
export const MAX_DOCUMENT_TOKENS = 10_000

/** A document that was parsed and validated, with its locations, or the errors in it in the form of a GraphQL response. */
export type ValidatedDocument =
  | { readonly kind: 'valid'; readonly document: DocumentNode }
  | { readonly kind: 'invalid'; readonly errors: readonly GraphQLFormattedError[] }

/**
 * Parses and validates the text of a document. Without `limits` it may have any size.
 * @returns the document, or its errors with the codes `GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED`, `UNKNOWN_COUNTRY` and
 * `OPERATION_NOT_SUPPORTED`.
 * @throws {IstmoError} `LIMIT_EXCEEDED`; `GRAPHQL_VALIDATION_FAILED` if a fragment has no finite size.
 */
export function readDocument(text: string, schema: GraphQLSchema, limits: Limits | null): ValidatedDocument {
  if (limits !== null) checkDocument(text, limits)
  const document = parseOrError(text)
  if (document instanceof GraphQLError) return { kind: 'invalid', errors: [format(document, 'GRAPHQL_PARSE_FAILED')] }
  const errors = validate(schema, document, [...specifiedRules, rejectIncremental])
  if (errors.length === 0) return { kind: 'valid', document }
  return { kind: 'invalid', errors: errors.map((error) => format(error, 'GRAPHQL_VALIDATION_FAILED')) }
}

function parseOrError(text: string): DocumentNode | GraphQLError {
  try {
    return parse(text, { maxTokens: MAX_DOCUMENT_TOKENS })
  } catch (error) {
    if (error instanceof GraphQLError) return error
    // The parser recurses with the depth.
    if (error instanceof RangeError) return new GraphQLError('Syntax Error: The document is nested too deep.')
    throw error
  }
}

/** The directives of incremental delivery, which would send an answer in parts. */
const INCREMENTAL = ['defer', 'stream']

/** Rejects @defer and @stream if a graph defines them. If it does not, the rule on unknown directives rejects them. */
const rejectIncremental: ValidationRule = (context) => ({
  Directive(node) {
    const isDefined = context.getSchema().getDirective(node.name.value) !== undefined
    if (isDefined && INCREMENTAL.includes(node.name.value)) {
      context.reportError(new GraphQLError(meaningOf('OPERATION_NOT_SUPPORTED'), { nodes: node }))
    }
  },
})

/** Formats an error of the parser or the validation, without the names of the schema that graphql-js suggests. */
function format(error: GraphQLError, code: ErrorCode): GraphQLFormattedError {
  const { message, locations } = error
  const [node] = error.nodes ?? []
  const isIncremental = node?.kind === Kind.DIRECTIVE && INCREMENTAL.includes(node.name.value)
  if (isIncremental) {
    const message = meaningOf('OPERATION_NOT_SUPPORTED')
    return { message, ...(locations && { locations }), extensions: { code: 'OPERATION_NOT_SUPPORTED' } }
  }
  return {
    message: message.replace(/ ?Did you mean(.+?)\?$/, ''),
    ...(locations && { locations }),
    extensions: { code: isUnknownCountry(error) ? 'UNKNOWN_COUNTRY' : code },
  }
}

/** Whether a text stands in the document in place of a country code. The same text in a variable has the same code (docs/design/contract.md). */
function isUnknownCountry({ extensions }: GraphQLError): boolean {
  return extensions.code === 'UNKNOWN_COUNTRY'
}

const OPENING: readonly TokenKind[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L]
const CLOSING: readonly TokenKind[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R]

/**
 * Checks the tokens and the depth of a document's text before the parser reads it: the parser recurses with the depth, the lexer
 * does not. It lets a text that is not GraphQL through: the parser rejects it and says where it is wrong.
 * @throws {IstmoError} `LIMIT_EXCEEDED`
 */
export function checkText(text: string, limits: Limits): void {
  const lexer = new Lexer(new Source(text))
  let depth = 0
  for (let tokens = 1; advance(lexer); tokens++) {
    checkLimit(limits, 'tokens', tokens)
    const { kind } = lexer.token
    if (OPENING.includes(kind)) depth++
    if (CLOSING.includes(kind)) depth--
    checkLimit(limits, 'depth', depth)
  }
}

/** Moves to the next token and returns whether there is one. A comment is not a token (GraphQL section 2.1.7). */
function advance(lexer: Lexer): boolean {
  try {
    return lexer.advance().kind !== TokenKind.EOF
  } catch (error) {
    if (error instanceof GraphQLError) return false
    throw error
  }
}

const MEASURED = ['fields', 'aliases', 'directives', 'depth'] as const satisfies readonly (keyof Size)[]

/**
 * Checks a document against the limits before validation, because validation compares fields in pairs. The time is linear in
 * what the limits allow. It lets a text that is not GraphQL through: the parser rejects it.
 * @throws {IstmoError} `LIMIT_EXCEEDED`; `GRAPHQL_VALIDATION_FAILED` if a fragment has no finite size.
 */
export function checkDocument(text: string, limits: Limits): void {
  checkText(text, limits)
  const document = parseOrNull(text)
  if (document === null) return
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  checkLimit(limits, 'operations', operations.length)
  const sizes = measureDocument(document)
  for (const [{ kind }, size] of sizes) {
    for (const name of MEASURED) checkLimit(limits, name, size[name])
    if (kind === Kind.OPERATION_DEFINITION) checkLimit(limits, 'rootFields', size.rootFields)
  }
  const fragments = fragmentsOf(document)
  let overlaps = 0
  for (const { selectionSet } of sizes.keys()) {
    overlaps += countOverlaps(selectionSet, fragments, limits.overlaps - overlaps)
    checkLimit(limits, 'overlaps', overlaps)
  }
}

function parseOrNull(text: string): DocumentNode | null {
  try {
    return parse(text, { noLocation: true })
  } catch (error) {
    if (error instanceof GraphQLError) return null
    throw error
  }
}

/**
 * Counts the pairs of fields with one response name, and the pairs of fragments, in each place of `set` and below it, with fragments
 * followed. Validation compares each pair (GraphQL section 5.3.2), which is quadratic. It expands fragments, so `set` must have passed
 * the limit of fields.
 * @param most the count stops as soon as it is larger.
 */
export function countOverlaps(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  most: number,
): number {
  const stack: (readonly SelectionSetNode[])[] = [[set]]
  let pairs = 0
  for (let sets = stack.pop(); sets; sets = stack.pop()) {
    const { fieldsByName, followed } = readPlace(sets, fragments)
    pairs += countPairs(followed)
    for (const fields of fieldsByName.values()) {
      pairs += countPairs(fields.length)
      if (pairs > most) return pairs
      const below = fields.flatMap(({ selectionSet }) => selectionSet ?? [])
      if (below.length > 0) stack.push(below)
    }
  }
  return pairs
}

function countPairs(count: number): number {
  return (count * (count - 1)) / 2
}

/** One place of the answer: its fields by response name, and how many fragments lead to them. */
interface Place {
  readonly fieldsByName: ReadonlyMap<string, readonly FieldNode[]>
  readonly followed: number
}

/** Reads the place that several selection sets form together. A fragment counts once in one place, as in validation. */
function readPlace(sets: readonly SelectionSetNode[], fragments: ReadonlyMap<string, FragmentDefinitionNode>): Place {
  const found = new Map<string, FieldNode[]>()
  const seen = new Set<string>()
  const stack = [...sets]
  for (let set = stack.pop(); set; set = stack.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value
        const fields = found.get(name)
        if (fields) fields.push(selection)
        else found.set(name, [selection])
        continue
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) stack.push(selection.selectionSet)
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value)
        const fragment = fragments.get(selection.name.value)
        if (fragment) stack.push(fragment.selectionSet)
      }
    }
  }
  return { fieldsByName: found, followed: seen.size }
}

/** The size of an operation or a fragment, where each use of a fragment counts again. Infinity: more than a number holds. */
export type Size = Pick<Limits, 'fields' | 'rootFields' | 'aliases' | 'directives' | 'depth'>

type Definition = OperationDefinitionNode | FragmentDefinitionNode

const NOTHING: Size = { fields: 0, rootFields: 0, aliases: 0, directives: 0, depth: 0 }

/**
 * Measures each operation and fragment of a document without expanding fragments: it measures each fragment once, after those
 * that the fragment uses, however often the fragment is used. The time is linear in the document.
 * @throws {IstmoError} `GRAPHQL_VALIDATION_FAILED` if a fragment has no finite size: two have one name, or they use one another in a
 * cycle. Validation would reject them too, but only after it had compared everything in them.
 */
export function measureDocument(document: DocumentNode): ReadonlyMap<Definition, Size> {
  const sizes = new Map<string, Size>()
  const measured = new Map<Definition, Size>()
  for (const fragment of fragmentsInOrderOfUse(document)) {
    const size = measure(fragment, sizes)
    sizes.set(fragment.name.value, size)
    measured.set(fragment, size)
  }
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) measured.set(definition, measure(definition, sizes))
  }
  return measured
}

/** Measures one definition. It keeps its own stack, because a document could make recursion overflow. */
function measure(definition: Definition, fragments: ReadonlyMap<string, Size>): Size {
  const total = { ...NOTHING, directives: countDirectives(definition.directives) }
  const stack: { set: SelectionSetNode; depth: number; isRoot: boolean }[] = [
    { set: definition.selectionSet, depth: 1, isRoot: true },
  ]
  for (const variable of 'variableDefinitions' in definition ? (definition.variableDefinitions ?? []) : []) {
    total.directives += countDirectives(variable.directives)
  }
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { set, depth, isRoot } = next
    total.depth = Math.max(total.depth, depth)
    for (const selection of set.selections) {
      total.directives += countDirectives(selection.directives)
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const size = fragments.get(selection.name.value) ?? NOTHING
        total.fields += size.fields
        total.aliases += size.aliases
        total.directives += size.directives
        if (isRoot) total.rootFields += size.rootFields
        total.depth = Math.max(total.depth, depth + size.depth)
        continue
      }
      const isField = selection.kind === Kind.FIELD
      if (isField) total.fields++
      if (isField && isRoot) total.rootFields++
      if (isField && selection.alias) total.aliases++
      if (selection.selectionSet) {
        stack.push({ set: selection.selectionSet, depth: depth + 1, isRoot: isRoot && !isField })
      }
    }
  }
  return total
}

function countDirectives(directives: readonly DirectiveNode[] | undefined): number {
  return directives?.length ?? 0
}
