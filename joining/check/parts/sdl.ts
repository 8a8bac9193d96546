import { readFile } from 'node:fs/promises'
import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core'
import {
  buildASTSchema,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  isNonNullType,
  Kind,
  parse,
  print,
  validate,
  visit,
} from 'graphql'
import { z } from 'zod'
import { readDomainFloor } from '../../../contract/access/domain-floor.ts'
import { directiveArguments, readLinkedNames } from '../../../contract/access/linked-names.ts'
import { loosened } from '../../../contract/access/loosened.ts'
import { isOpen } from '../../../contract/access/rule.ts'
import { type RuleTable, readRuleTable } from '../../../contract/access/rule-table.ts'
import {
  describeSdlFault,
  describeSdlProblem,
  MalformedRule,
  type SdlProblem,
} from '../../../contract/access/sdl-fault.ts'
import { findSdlFaults, readSdlFloor } from '../../../contract/access/sdl-faults.ts'
import { listTyped, namedType } from '../../../contract/access/sdl-places.ts'
import { readWords } from '../../../contract/read-words.ts'
import { type Said, said, sayBoth } from '../../../contract/said.ts'
import { ConfigError } from '../../../service/config-error.ts'
import { createCoordinates } from '../../../subgraphs/kit/audit-log/node-audit-log.ts'
import { describeRuleAt } from '../../../subgraphs/kit/compare-rules.ts'
import type { DomainModule } from '../../../subgraphs/kit/types.ts'
import { type CheckContext, decidesPolicy, lacksRules, publishedSdl } from '../context.ts'
import { type Finding, NotChecked } from '../finding.ts'
import { checkWords } from '../words.ts'

/**
 * Checks the SDL of each domain beside the contract: what gateway and node check when they load it, personal data, and everything in which
 * the two schemas differ.
 * @throws {NotChecked} without a country file.
 */
export async function checkSdl(context: CheckContext): Promise<readonly Finding[]> {
  if (context.rules === null) throw lacksRules(context)
  const findings = await Promise.all(context.modules.map((module) => checkDomain(context, module)))
  return findings.flat()
}

async function checkDomain(context: CheckContext, module: DomainModule): Promise<readonly Finding[]> {
  const own = publishedSdl(context, module)
  const place = `domains.${module.domain}.sdl`
  const pii = findPiiFaults(module.typeDefs, own)
  if (own === module.typeDefs) return pii
  const judged = judgeSdl(own, module.typeDefs, decidesPolicy(context), place)
  const known = new Set([...judged.coordinates, ...pii.map((finding) => finding.place)])
  const changes = await diffSchemas(module.typeDefs, own)
  return [...judged.findings, ...pii, ...changes.filter(({ place: coordinate }) => !known.has(coordinate))]
}

/**
 * Checks what the country publishes beside the graph that the gateway serves, which may be of another version than this command. What is wrong
 * beside the contract too was said there.
 * @throws {NotChecked} without a supergraph.
 */
export function checkGraph(context: CheckContext): readonly Finding[] {
  const { supergraph, modules } = context
  if (supergraph === null) throw new NotChecked('--supergraph FILE')
  const rules = readRuleTable(supergraph)
  return modules.flatMap((module): readonly Finding[] => {
    const own = publishedSdl(context, module)
    const place = `domains.${module.domain}.sdl`
    const floor = readDomainFloor(supergraph, module.domain)
    if (floor.fields.size === 0) {
      const fault = sayBoth((language) => checkWords(language)('details.noSubgraph', { domain: module.domain }))
      return [{ id: 'GRAPH_WRONG', place, details: { fault } }]
    }
    const judged = judgeSdl(own, module.typeDefs, decidesPolicy(context), place)
    if (judged.findings.some(({ id }) => id === 'SDL_WRONG')) return []
    const faults = findSdlFaults(own, floor, decidesPolicy(context))
    if (faults.length > 0) return faults.map((fault) => toWrong('GRAPH_WRONG', place, fault))
    return loosened(rules, own)
      .filter((coordinate) => !judged.coordinates.has(coordinate))
      .map(toLooser('GRAPH_LOOSER', supergraph, own))
  })
}

/** Judges an SDL as node and gateway do when they load it. */
export function judgeSdl(
  own: DocumentNode,
  contract: DocumentNode,
  decides: (policy: string) => boolean,
  place: string,
) {
  const faults = findFaults(own, contract, decides)
  if (faults.length > 0) {
    const coordinates = new Set(faults.flatMap(({ details }) => details.place ?? []))
    return { findings: faults.map((fault) => toWrong('SDL_WRONG', place, fault)), coordinates }
  }
  const coordinates = loosened(readRuleTable(contract), own)
  return { findings: coordinates.map(toLooser('SDL_LOOSER', contract, own)), coordinates: new Set(coordinates) }
}

/** A fault, as far as it is known: one of a rule that cannot be read has no line. */
type JudgedFault = SdlProblem & { readonly line?: number }

/** A rule that cannot be read is a fault too. */
function findFaults(
  own: DocumentNode,
  contract: DocumentNode,
  decides: (policy: string) => boolean,
): readonly JudgedFault[] {
  try {
    return findSdlFaults(own, readSdlFloor(contract), decides)
  } catch (error) {
    if (!(error instanceof MalformedRule)) throw error
    return [error.problem]
  }
}

/** Makes the finding of a fault. Its place has the line: `domains.persons.sdl:12`. */
export function toWrong(id: 'SDL_WRONG' | 'GRAPH_WRONG', place: string, { line, ...problem }: JudgedFault): Finding {
  const fault = sayBoth((language) =>
    line === undefined ? describeSdlProblem(problem, language) : describeSdlFault({ line, ...problem }, language),
  )
  return { id, place: line === undefined ? place : `${place}:${line}`, details: { fault } }
}

/** Makes what makes the finding of a coordinate that `own` opens wider than `floor`. */
export function toLooser(id: 'SDL_LOOSER' | 'GRAPH_LOOSER', floor: DocumentNode, own: DocumentNode) {
  return (place: string): Finding => {
    const [before = '', after = ''] = [floor, own].map((document) => describeRuleAt(document, place))
    return { id, place, details: { before, after } }
  }
}

/** A field, an argument or an input field. */
interface Place {
  readonly coordinate: string
  /** The class of its `@pii`; null if it carries none. */
  readonly class: string | null
  /** For what is given to a field: the fields that take it. */
  readonly takers: readonly string[]
}

/**
 * Finds personal data that the country's SDL does not mark as the contract does, and personal data that no rule guards (contract/schema/istmo.graphql,
 * `@pii`). Nothing is decided by the mark, so node and gateway take such an SDL.
 */
export function findPiiFaults(contract: DocumentNode, own: DocumentNode): readonly Finding[] {
  const table = readTable(own)
  const classes = new Map(listPlaces(contract).map((one) => [one.coordinate, one.class]))
  return listPlaces(own).flatMap((one): readonly Finding[] => {
    const { coordinate: place, class: marked } = one
    const expected = classes.get(place) ?? marked
    const isUnguarded = marked !== null && table !== null && !isGuarded(one, table)
    return [
      ...(expected === marked ? [] : [{ id: 'PII_DROPPED', place, details: { class: expected ?? '' } } as const]),
      ...(isUnguarded ? [{ id: 'PII_WITHOUT_RULE', place, details: { class: marked } } as const] : []),
    ]
  })
}

/** A malformed rule is a fault of the SDL, and said there. */
function readTable(document: DocumentNode): RuleTable | null {
  try {
    return readRuleTable(document)
  } catch {
    return null
  }
}

function isGuarded({ coordinate, takers }: Place, table: RuleTable): boolean {
  const [typeName = '', member = ''] = coordinate.split('.')
  if (table.has(typeName, member)) return !isOpen(table.ofField(typeName, member))
  if (table.revealedBy(coordinate).length > 0) return true
  return takers.every((taker) => {
    const [type = '', field = ''] = taker.split('.')
    const rule = table.ofField(type, field)
    return rule.scopes.length > 0 || rule.policies.length > 0
  })
}

function listPlaces(document: DocumentNode): readonly Place[] {
  const [names, takersOf] = [readLinkedNames(document).of('pii'), takersOfInputs(document)]
  return listTyped(document, 'field', 'argument', 'input').map(({ at, coordinate, typeName, directives }) => {
    const mark = directives.find(({ name }) => names.has(name.value))
    const given = at === 'input' ? [...(takersOf.get(typeName) ?? [])] : [coordinate.split('(', 1).join()]
    return {
      coordinate,
      takers: at === 'field' ? [] : given,
      class: mark === undefined ? null : String(directiveArguments(mark).class),
    }
  })
}

/** Lists the fields that take each input type, directly or within another one. What a `@reveals` on the way covers needs no other rule. */
function takersOfInputs(document: DocumentNode): ReadonlyMap<string, ReadonlySet<string>> {
  const reveals = readLinkedNames(document).of('reveals')
  const takers = new Map<string, Set<string>>()
  const given = listTyped(document, 'argument', 'input')
  const take = (taker: string, { type, directives }: (typeof given)[number]): void => {
    const name = namedType(type)
    const known = takers.get(name) ?? new Set()
    if (directives.some((directive) => reveals.has(directive.name.value)) || known.has(taker)) return
    takers.set(name, known.add(taker))
    for (const each of given) if (each.at === 'input' && each.typeName === name) take(taker, each)
  }
  for (const each of given) if (each.at === 'argument') take(each.coordinate.split('(', 1).join(), each)
  return takers
}

/** What an SDL leaves out with a type or field that it leaves out. Nobody is told of it twice. */
const FOLLOWS = new Set(['TYPE_REMOVED', 'DIRECTIVE_REMOVED'])

/**
 * Lists in what a country's SDL differs from the contract, by @graphql-inspector/core. What it says of directives is left out: what they mean for
 * access is judged by our own table.
 */
export async function diffSchemas(contract: DocumentNode, own: DocumentNode): Promise<readonly Finding[]> {
  const [before, after] = [build(contract), build(own)]
  const changes = await diff(before, after)
  const used = usedTypes(own)
  const findings = changes.flatMap((change): readonly Finding[] => {
    const { type, path = '', criticality } = change
    if (type.startsWith('DIRECTIVE_') || FOLLOWS.has(type) || type.includes('DESCRIPTION')) return []
    const coordinate = toCoordinate(path)
    const [typeName = ''] = coordinate.split('.')
    const isRemoved = type === 'FIELD_REMOVED'
    if (isRemoved && isLeftOutRightly(before, coordinate)) return [{ id: 'SDL_LEAVES_OUT', place: coordinate }]
    // Of a type that nothing names, nobody can ask.
    if (!isRemoved && !used.has(typeName)) return []
    const isAddition = criticality.level !== CriticalityLevel.Breaking && type.endsWith('_ADDED')
    if (criticality.level === CriticalityLevel.NonBreaking && !isAddition) return []
    const details = { change: describeChange(change) }
    return [{ id: isAddition ? 'SDL_ADDS' : 'SDL_BREAKS', place: coordinate, details }]
  })
  return [...findings, ...findOtherKeys(contract, own)]
}

/** Says how a schema differs. A change that our Spanish words do not know is said as the library says it. */
function describeChange({ type, message, meta }: Change): Said {
  const spanish = readWords<Readonly<Record<string, string>>>(new URL('../verdicts/changes.es.yaml', import.meta.url))[
    type
  ]
  const members = meta as Readonly<Record<string, unknown>>
  return said(message, spanish?.replace(/\{(\w+)\}/g, (_, name: string) => String(members[name] ?? 'nada')) ?? message)
}

function build(document: DocumentNode): GraphQLSchema {
  return buildASTSchema(document, { assumeValid: true, assumeValidSDL: true })
}

/** Turns `Query.persons.first` into `Query.persons(first:)`. */
function toCoordinate(path: string): string {
  const [type = '', member, argument] = path.split('.')
  if (member === undefined) return type
  return argument === undefined ? `${type}.${member}` : `${type}.${member}(${argument}:)`
}

/** A country may leave out what may be null. */
function isLeftOutRightly(contract: GraphQLSchema, coordinate: string): boolean {
  const [typeName = '', fieldName = ''] = coordinate.split('.')
  const type = contract.getType(typeName)
  const field = type && 'getFields' in type ? type.getFields()[fieldName] : undefined
  return field !== undefined && !isNonNullType(field.type)
}

/** Lists the types that a document names somewhere, and the root. */
function usedTypes(document: DocumentNode): ReadonlySet<string> {
  const found = new Set(['Query'])
  visit(document, { NamedType: ({ name }) => void found.add(name.value) })
  return found
}

/** The gateway asks for an entity by the keys of the contract. */
function findOtherKeys(contract: DocumentNode, own: DocumentNode): readonly Finding[] {
  const keys = keysIn(own)
  return [...keysIn(contract)].flatMap(([typeName, expected]): readonly Finding[] => {
    const came = keys.get(typeName)
    if (came === undefined || came === expected) return []
    const change = sayBoth((language) => {
      const say = checkWords(language)
      return came === '' ? say('details.noKey', { expected }) : say('details.otherKey', { came, expected })
    })
    return [{ id: 'SDL_BREAKS', place: typeName, details: { change } }]
  })
}

function keysIn({ definitions }: DocumentNode): ReadonlyMap<string, string> {
  return new Map(
    definitions.flatMap((node) => {
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) return []
      const keys = (node.directives ?? [])
        .filter(({ name }) => /^(\w+__)?key$/.test(name.value))
        .map((key) => print(key))
      return [[node.name.value, keys.toSorted().join(' ')] as const]
    }),
  )
}

const LIST = z.record(z.string().min(1), z.string().min(1))

/**
 * Checks the operations that the gateway trusts (its `--documents`): whether each fits the graph, and which of its fields the country does not publish.
 * @throws {NotChecked} without the list, or without the graph.
 * @throws {ConfigError} if the list cannot be read.
 */
export async function checkOperations(context: CheckContext): Promise<readonly Finding[]> {
  const { supergraph, options } = context
  if (options.operations === undefined) throw new NotChecked('--operations FILE')
  if (supergraph === null) throw new NotChecked('--supergraph FILE')
  const operations = await readOperations(options.operations)
  const schema = buildASTSchema(supergraph, { assumeValid: true, assumeValidSDL: true })
  const [withheld, coordinatesIn] = [listWithheld(context), createCoordinates(schema)]
  return Object.entries(operations).flatMap(([id, text]): readonly Finding[] => {
    const place = `operation ${id}`
    try {
      for (const fault of validate(schema, parse(text))) throw fault
      const fields = coordinatesIn(text).filter((coordinate) => withheld.has(coordinate))
      return fields.length === 0 ? [] : [{ id: 'OPERATION_PARTLY', place, details: { fields: fields.join(', ') } }]
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      return [{ id: 'OPERATION_WRONG', place, details: { fault: error.message } }]
    }
  })
}

async function readOperations(file: string): Promise<z.output<typeof LIST>> {
  try {
    return LIST.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    const expected = 'expected a JSON object of ids, each with the text of a document'
    throw new ConfigError(`${file}: ${expected}. Correct --operations.`, { cause })
  }
}

/** Lists the fields of the contract that the country leaves out of a domain of its own, and that no other domain of it has. */
function listWithheld(context: CheckContext): ReadonlySet<string> {
  const published = new Set(
    context.modules.flatMap((module) => [...readSdlFloor(publishedSdl(context, module)).fields.keys()]),
  )
  const contract = context.modules.flatMap(({ typeDefs }) => [...readSdlFloor(typeDefs).fields.keys()])
  return new Set(contract.filter((coordinate) => !published.has(coordinate)))
}
