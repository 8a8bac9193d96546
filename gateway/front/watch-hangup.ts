import type { ServerResponse } from 'node:http'

/** Returns a signal that aborts if the connection closes before the complete answer is written to it. */
export function watchHangup(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort()
  })
  return controller.signal
}
