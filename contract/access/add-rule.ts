import {
  type ConstDirectiveNode,
  type ConstListValueNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type StringValueNode,
} from 'graphql'
import { directiveArguments, readLinkedNames } from './linked-names.ts'
import { type Requirement, type Rule, readRequirement } from './rule.ts'

/**
 * Adds a rule to the directives of a field or a type. A caller must then meet both. The directives of Federation cannot be repeated, so one directive
 * of a kind demands the old and the new: each alternative of the one together with each alternative of the other.
 * @param document whose directives they are; its links say under which names it uses them.
 */
export function addRule(
  document: DocumentNode,
  directives: readonly ConstDirectiveNode[],
  rule: Rule,
): readonly ConstDirectiveNode[] {
  const names = readLinkedNames(document)
  const both = (kind: RuleKind, added: readonly Requirement[], given: readonly ConstDirectiveNode[]) => {
    if (added.length === 0) return given
    const isOfKind = (one: ConstDirectiveNode): boolean => names.of(kind.directive).has(one.name.value)
    const old = given.filter(isOfKind)
    const all = [...old.flatMap((one) => readOld(one, kind)), ...added].reduce(joinAlternatives)
    const made = createDirective(old[0]?.name.value ?? kind.directive, kind.argument, all)
    return [...given.filter((one) => !isOfKind(one)), made]
  }
  const scoped = both(SCOPES, rule.scopes, directives)
  const ruled = both(POLICIES, rule.policies, scoped)
  const isAuthenticated = ruled.some(({ name }) => names.of('authenticated').has(name.value))
  if (!rule.authenticated || isAuthenticated) return ruled
  return [...ruled, { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'authenticated' } }]
}

interface RuleKind {
  readonly directive: string
  readonly argument: string
}

const SCOPES: RuleKind = { directive: 'requiresScopes', argument: 'scopes' }
const POLICIES: RuleKind = { directive: 'policy', argument: 'policies' }

function readOld(directive: DirectiveNode, { argument }: RuleKind): readonly Requirement[] {
  const requirement = readRequirement(directiveArguments(directive)[argument])
  return requirement === null ? [] : [requirement]
}

/** Makes the alternatives of a caller who must meet both: each of the one with each of the other, every one once. */
function joinAlternatives(left: Requirement, right: Requirement): Requirement {
  const joined = left.flatMap((one) => right.map((other) => [...new Set([...one, ...other])].sort()))
  return [...new Map(joined.map((names) => [JSON.stringify(names), names])).values()]
}

function createDirective(name: string, argument: string, requirement: Requirement): ConstDirectiveNode {
  const list = <Node extends ConstListValueNode | StringValueNode>(values: readonly Node[]): ConstListValueNode => ({
    kind: Kind.LIST,
    values,
  })
  const value = list(requirement.map((names) => list(names.map((text) => ({ kind: Kind.STRING, value: text })))))
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: argument }, value }],
  }
}
