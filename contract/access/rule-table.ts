import { type DirectiveNode, type DocumentNode, Kind, parse, type SelectionSetNode } from 'graphql'
import { directiveArguments, type LinkedNames, readLinkedNames } from './linked-names.ts'
import { bothRules, OPEN, type Rule, readRequirement } from './rule.ts'
import { MalformedRule } from './sdl-fault.ts'
import { listPlaces, namedType, type SdlPlace } from './sdl-places.ts'

/**
 * The rules of one schema: of a supergraph, of a domain, or of a country's publication. They depend only on the text, so the gateway,
 * a national node and an auditor read the same rules.
 */
export interface RuleTable {
  /**
   * Returns what reading a field requires: its own rule, the rule of its type, the rule of the type that it returns, and the rules
   * of the fields in its `@requires`. A field of an interface also has the rules of that field in all implementing types, because
   * the object may be any of them.
   */
  ofField(typeName: string, fieldName: string): Rule
  /** Returns what an object of a type requires: only the type's own rule. */
  ofType(typeName: string): Rule
  /** Returns the coordinates `Type.field` that the use of an argument, input field or enum value would reveal (`@reveals`). */
  revealedBy(coordinate: string): readonly string[]
  /** Checks whether the schema has the field. A field that a country does not publish has no rule of the country. */
  has(typeName: string, fieldName: string): boolean
}

/**
 * Reads the rules of an SDL. It recognises directives that are renamed by `@link`.
 * @throws {Error} if a rule is malformed or can never be met (`[]`, `[[]]`). The message names the coordinate. A gateway or node
 * then refuses to start.
 */
export function readRuleTable(document: DocumentNode): RuleTable {
  const parts = readParts(document)
  const fields = new Map<string, Rule>()
  const ofType = (typeName: string): Rule => parts.types.get(typeName) ?? OPEN
  const ofField = (typeName: string, fieldName: string): Rule => {
    const coordinate = `${typeName}.${fieldName}`
    let rule = fields.get(coordinate)
    if (rule === undefined) {
      rule = totalRule(typeName, fieldName, parts)
      fields.set(coordinate, rule)
    }
    return rule
  }
  return {
    ofField,
    ofType,
    revealedBy: (coordinate) => parts.reveals.get(coordinate) ?? [],
    has: (typeName, fieldName) => parts.fields.has(`${typeName}.${fieldName}`),
  }
}

interface FieldPart {
  /** The rule that the field itself has, without those of types. */
  readonly own: Rule
  /** The name of the type that the field returns, without list and non-null. */
  readonly returns: string
  /** The field sets of `@requires`. The field is computed from their values. */
  readonly requires: readonly string[]
}

interface Parts {
  readonly types: Map<string, Rule>
  readonly fields: Map<string, FieldPart>
  readonly implementers: Map<string, Set<string>>
  readonly reveals: Map<string, readonly string[]>
}

/**
 * Combines all rules that apply to a field.
 * @param above the coordinates whose rules are being combined, so that the recursion ends for fields that require each other.
 */
function totalRule(typeName: string, fieldName: string, parts: Parts, above: readonly string[] = []): Rule {
  const coordinate = `${typeName}.${fieldName}`
  if (above.includes(coordinate)) return OPEN
  const ofType = (name: string): Rule => parts.types.get(name) ?? OPEN
  const field = parts.fields.get(coordinate)
  const own = bothRules(ofType(typeName), bothRules(field?.own ?? OPEN, field ? ofType(field.returns) : OPEN))
  const required = (field?.requires ?? []).flatMap((set) => fieldsInSet(typeName, set, parts))
  const implementing = [...(parts.implementers.get(typeName) ?? [])].map((name): [string, string] => [name, fieldName])
  return [...required, ...implementing]
    .map(([type, name]) => totalRule(type, name, parts, [...above, coordinate]))
    .reduce(bothRules, own)
}

/** Lists each field of a `@requires` field set, with its type. */
function fieldsInSet(typeName: string, set: string, parts: Parts): [string, string][] {
  const found: [string, string][] = []
  const walk = (type: string, { selections }: SelectionSetNode): void => {
    for (const node of selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) walk(node.typeCondition?.name.value ?? type, node.selectionSet)
      if (node.kind !== Kind.FIELD) continue
      found.push([type, node.name.value])
      const below = parts.fields.get(`${type}.${node.name.value}`)?.returns
      if (node.selectionSet && below !== undefined) walk(below, node.selectionSet)
    }
  }
  const [definition] = parse(`{ ${set} }`, { noLocation: true }).definitions
  if (definition?.kind === Kind.OPERATION_DEFINITION) walk(typeName, definition.selectionSet)
  return found
}

const ACCESS = ['authenticated', 'requiresScopes', 'policy'] as const

interface Names {
  readonly requires: ReadonlySet<string>
  readonly access: ReadonlyMap<string, (typeof ACCESS)[number]>
  readonly reveals: ReadonlySet<string>
}

function readParts(document: DocumentNode): Parts {
  const names = accessNames(readLinkedNames(document))
  const parts: Parts = { types: new Map(), fields: new Map(), implementers: new Map(), reveals: new Map() }
  for (const place of listPlaces(document)) readPlace(place, names, parts)
  return parts
}

function accessNames(linked: LinkedNames): Names {
  const access = ACCESS.flatMap((name) => [...linked.of(name)].map((local) => [local, name] as const))
  return { access: new Map(access), reveals: linked.of('reveals'), requires: linked.of('requires') }
}

function readPlace(place: SdlPlace, names: Names, parts: Parts): void {
  const { at, coordinate, directives, node, typeName } = place
  if (at === 'type') {
    parts.types.set(typeName, bothRules(parts.types.get(typeName) ?? OPEN, ruleOf(place, names)))
    for (const { name } of 'interfaces' in node ? (node.interfaces ?? []) : [])
      parts.implementers.set(name.value, (parts.implementers.get(name.value) ?? new Set()).add(typeName))
  } else if (at === 'field') {
    const known = parts.fields.get(coordinate)
    parts.fields.set(coordinate, {
      own: bothRules(known?.own ?? OPEN, ruleOf(place, names)),
      returns: place.type === undefined ? '' : namedType(place.type),
      requires: [...(known?.requires ?? []), ...requiresOf(directives, names)],
    })
  } else readReveals(place, names, parts)
}

/** Reads the field sets of a subgraph's `@requires(fields:)` or a supergraph's `@join__field(requires:)`. */
function requiresOf(directives: readonly DirectiveNode[], names: Names): readonly string[] {
  return directives.flatMap((directive) => {
    const { fields, requires } = directiveArguments(directive)
    const set =
      directive.name.value === 'join__field' ? requires : names.requires.has(directive.name.value) ? fields : null
    return typeof set === 'string' ? [set] : []
  })
}

function readReveals({ coordinate, directives }: SdlPlace, names: Names, parts: Parts): void {
  for (const directive of directives) {
    if (!names.reveals.has(directive.name.value)) continue
    const { field } = directiveArguments(directive)
    if (typeof field !== 'string' || !/^\w+\.\w+$/.test(field)) {
      const details = { place: coordinate, came: String(JSON.stringify(field)) }
      throw new MalformedRule({ code: 'REVEALS_MALFORMED', details })
    }
    parts.reveals.set(coordinate, [...(parts.reveals.get(coordinate) ?? []), field])
  }
}

function ruleOf({ directives, coordinate }: SdlPlace, names: Names): Rule {
  return directives.reduce((rule, directive) => {
    const kind = names.access.get(directive.name.value)
    return kind === undefined ? rule : bothRules(rule, oneRule(kind, directive, coordinate))
  }, OPEN)
}

function oneRule(kind: (typeof ACCESS)[number], directive: DirectiveNode, coordinate: string): Rule {
  if (kind === 'authenticated') return { ...OPEN, authenticated: true }
  const argument = kind === 'policy' ? 'policies' : 'scopes'
  const requirement = readRequirement(directiveArguments(directive)[argument])
  if (requirement === null) {
    const details = { place: coordinate, local: directive.name.value, argument }
    throw new MalformedRule({ code: 'RULE_MALFORMED', details })
  }
  return kind === 'policy' ? { ...OPEN, policies: [requirement] } : { ...OPEN, scopes: [requirement] }
}
