/** Operations that no cache has: with another alias in each, so that each must be read, checked and planned. */
import { ask } from '../gateways/ask.ts'
import { checkSame, type RightAnswer } from '../gateways/equal.ts'
import type { Operation } from '../gateways/operations.ts'
import type { RawRequest } from '../gateways/wrk.ts'

/** Which field gets an alias, by operation. It occurs once. */
const FIELDS: Readonly<Record<string, string>> = { a: 'name', b: 'title' }

/** An operation that is asked once. */
export interface NewOperation {
  readonly operation: Operation
  /** Returns the text of an answer as it would be without the alias. */
  readonly asKnown: (text: string) => string
}

/** Returns the operation (a) or (b) with an alias of its own for each number. */
export function newOperation(operation: Operation, number: number): NewOperation {
  const field = FIELDS[operation.name]
  if (field === undefined) throw new Error(`expected one of ${Object.keys(FIELDS).join(', ')}; came ${operation.name}`)
  const alias = `n${number}`
  const document = operation.document.replace(new RegExp(`\\b${field}\\b`), `${alias}: ${field}`)
  return {
    operation: { ...operation, document },
    asKnown: (text) => text.replaceAll(`"${alias}":`, `"${field}":`),
  }
}

/** A request with a new operation, and the right answer to the operation without its alias. */
export interface NewRequest extends Pick<NewOperation, 'asKnown'> {
  readonly request: RawRequest
  readonly right: RightAnswer
}

/**
 * Asks with new operations: some clients, each again as soon as its answer came.
 * @param next makes a request; null when there are no more.
 * @returns how many were answered.
 * @throws {Error} if an answer is not the right one.
 */
export async function askNew(port: number, clients: number, next: () => Promise<NewRequest | null>): Promise<number> {
  let count = 0
  const client = async (): Promise<void> => {
    for (let one = await next(); one !== null; one = await next()) {
      const { status, text } = await ask(port, one.request)
      checkSame({ status, text: one.asKnown(text) }, one.right)
      count += 1
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return count
}
