import type { ServerResponse } from 'node:http'
import { createHangup, type Hangup } from '../../service/http/hangup.ts'

/** Watches a request's connection: the client hangs up if it closes before the complete answer is written to it. */
export function watchHangup(response: ServerResponse): Hangup {
  const hangup = createHangup()
  response.once('close', () => {
    if (!response.writableFinished) hangup.hangUp()
  })
  return hangup
}
