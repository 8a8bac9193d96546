import { type DocumentNode, Kind, type OperationDefinitionNode } from 'graphql'
import { IstmoError } from '../../../contract/errors.ts'

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
