import type { IncomingMessage } from 'node:http'
import { endOfTurn } from '../../service/http/end-of-turn.ts'
import { readJsonBody, takeJsonBody } from '../../service/http/read-body.ts'
import { type ArrivedOperation, arrivedOperation } from './arrived-operation.ts'

/**
 * Reads what a request asks: at once, if its body came as a whole. If it must be waited for, all bodies that came in one turn go on together at its end.
 * @throws {IstmoError} as `readJsonBody` does, at once or by the promise.
 */
export function readArrived(request: IncomingMessage): ArrivedOperation | Promise<ArrivedOperation> {
  if (request.method !== 'POST') return arrivedOperation(request, undefined)
  const taken = takeJsonBody(request)
  return taken === null ? readLater(request) : arrivedOperation(request, taken.value)
}

async function readLater(request: IncomingMessage): Promise<ArrivedOperation> {
  const body = await readJsonBody(request)
  await endOfTurn()
  return arrivedOperation(request, body)
}
