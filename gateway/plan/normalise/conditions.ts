/** `@include` and `@skip`: which variables decide them, and which selections they leave out. */

import {
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  visit,
} from 'graphql'
import { IstmoError } from '../../../contract/errors.ts'

/** The values of an operation's condition variables, by name. */
export type Conditions = Readonly<Record<string, boolean>>

/** Lists the variables that decide an `@include` or `@skip` anywhere in the document, sorted. */
export function listConditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>()
  visit(document, {
    Directive(node) {
      if (!isCondition(node)) return
      const value = node.arguments?.[0]?.value
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value)
    },
  })
  return [...names].sort()
}

/**
 * Reads the conditions' values.
 * @param names the condition variables.
 * @param variables the coerced variables.
 */
export function readConditions(names: readonly string[], variables: Readonly<Record<string, unknown>>): Conditions {
  return Object.fromEntries(names.map((name) => [name, variables[name] === true]))
}

/** Whether a directive is `@include` or `@skip`. */
export function isCondition(directive: DirectiveNode): boolean {
  return directive.name.value === 'include' || directive.name.value === 'skip'
}

/** Whether a selection's conditions leave it out. */
export function isLeftOut(node: SelectionNode, conditions: Conditions): boolean {
  return (node.directives ?? []).some((directive) => {
    if (!isCondition(directive)) return false
    const value = directive.arguments?.[0]?.value
    const isTrue =
      value?.kind === Kind.VARIABLE
        ? conditions[value.name.value] === true
        : value?.kind === Kind.BOOLEAN && value.value
    return isTrue === (directive.name.value === 'skip')
  })
}

/**
 * Finds the operation that a request names, or the only one of the document.
 * @throws {IstmoError} `OPERATION_RESOLUTION_FAILURE`, or `OPERATION_NOT_SUPPORTED` for a subscription.
 */
export function findOperation(document: DocumentNode, name: string | undefined): OperationDefinitionNode {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION)
  const found = name === undefined ? operations : operations.filter((node) => node.name?.value === name)
  const [operation] = found
  if (operation === undefined || found.length > 1) throw new IstmoError('OPERATION_RESOLUTION_FAILURE')
  if (operation.operation === 'subscription') throw new IstmoError('OPERATION_NOT_SUPPORTED')
  return operation
}
