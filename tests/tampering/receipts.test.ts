import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createLoggedGateway,
  type LoggedGateway,
  type LoggedGatewayWorld,
  type Reply,
} from '../audit-log/logged-gateway.ts'

/** A country shows the gateway a log that it set back. The gateway must give none of its rows, say why, and write it down. */

const PERSONS =
  '{ persons(search: { nationality: "HN" }, first: 3) { edges { node { id } } outcomes { country code } } }'

let place: LoggedGatewayWorld
let gateway: LoggedGateway
beforeAll(async () => {
  place = await createLoggedGateway()
  gateway = await place.start()
})
afterAll(() => place.remove())

const ask = (): Promise<Reply> => gateway.ask({ query: PERSONS })
const codeOf = ({ body }: Reply) => body.extensions?.countries?.map(({ code }) => code)

describe('receipts of a log that was restored from a backup', () => {
  it('are refused, also after the gateway has started again; the answer, its entry and the operator’s log say so', async () => {
    const [record, backup] = [join(place.folder, 'record-HN'), join(place.folder, 'backup-HN')]
    expect((await ask()).text).toContain('HN:P')
    await place.stopNode()
    await cp(record, backup, { recursive: true })
    await place.startNode()
    for (let at = 0; at < 4; at++) expect((await ask()).text).toContain('HN:P')
    await place.stopNode()
    await rm(record, { recursive: true })
    await cp(backup, record, { recursive: true })
    await place.startNode()

    const [before] = [await ask()]
    const said = gateway.said()
    await gateway.end('SIGTERM')
    gateway = await place.start()
    const after = await ask()
    expect(said).toMatch(
      /"origin":"istmo\.example\/hn","reason":"its log had \d+ entries before the leg was sent, [^"]*"/,
    )
    expect(said).toContain('the audit log of a country went back')
    expect(gateway.said()).toContain('the audit log of a country went back')
    for (const reply of [before, after]) {
      expect(reply.text).not.toContain('HN:P')
      expect(codeOf(reply)).toContain('RECEIPT_INVALID')
    }
    await gateway.end('SIGTERM')
    const parts = (await place.entriesOf('gateway')).flatMap((entry) =>
      entry.kind === 'continuation' && [before.id, after.id].includes(entry.of) ? entry.legs : [],
    )
    const none = { country: 'HN', code: 'RECEIPT_INVALID', receipt: null, records: null }
    expect(parts.filter(({ country }) => country === 'HN')).toEqual(
      [none, none].map((each) => expect.objectContaining(each)),
    )
  })
})
