import type { AnswerHeaders } from '../../service/http/exchange.ts'
import { beginAnswer, type ReadAnswer, type Reading } from './read-answer.ts'

/** A node's HTTP answer, whose body comes in parts. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: AsyncIterable<Uint8Array>
}

/** Reads an answer as an exchange does, without a connection: it takes no more parts than the reader wants. */
export async function readAnswer({ status, headers, body }: HttpAnswer, reading: Reading): Promise<ReadAnswer> {
  const reader = beginAnswer(status, headers, reading)
  for await (const part of body) reader.take(part)
  return reader.finish()
}
