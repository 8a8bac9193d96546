import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ErrorCode } from '../../contract/errors.ts'

/** Answers one path for the methods named; a rejection is sent as an error of the registry. Gives the code that it refused with itself. */
export interface Route {
  readonly methods: readonly string[]
  readonly answer: (
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    // biome-ignore lint/suspicious/noConfusingVoidType: most routes refuse nothing and give nothing.
  ) => Promise<ErrorCode | null | void> | void
}
