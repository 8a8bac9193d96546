import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers one path for the methods named; a rejection is sent as an error of the registry. */
export interface Route {
  readonly methods: readonly string[]
  readonly answer: (request: IncomingMessage, response: ServerResponse, requestId: string) => Promise<void> | void
}
