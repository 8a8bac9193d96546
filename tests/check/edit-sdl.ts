import {
  type ASTNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  visit,
} from 'graphql'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'

/** How the contract’s SDLs are changed. */

const HEADS = new Map(DOMAINS.map((domain) => [domain, parse(domainSdl(domain))]))

/** The contract’s SDL of a domain. */
export function contractOf(domain: Domain): DocumentNode {
  return HEADS.get(domain) ?? parse('')
}

/** A node that directives can stand at. */
export type Annotated = ASTNode & {
  readonly name: { readonly value: string }
  readonly directives?: readonly DirectiveNode[]
}

/** Lists where a directive stands, by coordinate. */
export function listApplications(domain: Domain, directiveName: string) {
  const found: { place: string; node: Annotated; directive: DirectiveNode }[] = []
  const note = (place: string, node: Annotated): void => {
    for (const directive of node.directives ?? []) {
      if (directive.name.value === directiveName) found.push({ place, node, directive })
    }
  }
  for (const node of contractOf(domain).definitions) {
    if (!('name' in node) || node.name === undefined || node.kind === Kind.DIRECTIVE_DEFINITION) continue
    const type = node.name.value
    note(type, node as Annotated)
    const members = 'fields' in node ? (node.fields ?? []) : 'values' in node ? (node.values ?? []) : []
    for (const member of members) {
      note(`${type}.${member.name.value}`, member)
      const args = 'arguments' in member ? (member.arguments ?? []) : []
      for (const argument of args) note(`${type}.${member.name.value}(${argument.name.value}:)`, argument)
    }
  }
  return found
}

/** Replaces a node of a document. */
export function replace(document: DocumentNode, target: ASTNode, by: ASTNode): DocumentNode {
  return visit(document, { enter: (node) => (node === target ? by : undefined) })
}

/** Replaces a directive of a node; null removes it. */
export function withDirective<Node extends { readonly directives?: readonly DirectiveNode[] }>(
  node: Node,
  target: DirectiveNode,
  by: DirectiveNode | null,
): Node {
  return { ...node, directives: (node.directives ?? []).flatMap((one) => (one === target ? (by ? [by] : []) : [one])) }
}

/** A type without its rules, under another name. */
export function withoutRules(type: ObjectTypeDefinitionNode, name: string): ObjectTypeDefinitionNode {
  const fields = (type.fields ?? []).map((field) => ({
    ...field,
    directives: (field.directives ?? []).filter((one) => one.name.value !== 'requiresScopes'),
  }))
  return { ...type, name: { ...type.name, value: name }, fields }
}

/** Reads a directive as a type has it. */
export function readDirective(text: string): DirectiveNode {
  const [type] = parse(`type T { f: Int ${text} }`, { noLocation: true }).definitions
  const [directive] = type?.kind === Kind.OBJECT_TYPE_DEFINITION ? (type.fields?.[0]?.directives ?? []) : []
  if (directive === undefined) throw new Error(`expected a directive; came ${text}`)
  return directive
}

/** The name of the type that a field gives. */
export function named(type: FieldDefinitionNode['type']): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type)
}

/** Replaces a text once. @throws {Error} if it is not there. */
export function replaceIn(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`expected ${from} in the SDL`)
  return text.replace(from, to)
}
