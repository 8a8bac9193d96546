import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ErrorCode } from '../../contract/errors.ts'

/**
 * Answers one path for the named methods. The server sends a rejected promise as an error of the registry. `answer` resolves with the error
 * code if it has itself rejected the request.
 */
export interface Route {
  readonly methods: readonly string[]
  readonly answer: (
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    // biome-ignore lint/suspicious/noConfusingVoidType: most routes reject nothing and return nothing.
  ) => Promise<ErrorCode | null | void> | void
}
