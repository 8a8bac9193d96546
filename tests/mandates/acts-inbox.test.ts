import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RequestRejected, readAnswer, writeRequest } from '../../audit/inbox/inbox-folder.ts'
import { MandateRefusedError } from '../../authority/mandates/acts.ts'
import { openActsInbox } from '../../authority/mandates/mandates.ts'
import type { MandateAct } from '../../contract/trust/mandate-act.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'

/** What the authority does with the folder of requests, whatever is in it. */

let home: string
let inbox: string
let opened: ReturnType<typeof openActsInbox>
let acts: MandateAct[]
/** What the login provider is like now. */
let provider: 'UP' | 'DOWN'

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'istmo-acts-'))
  inbox = join(home, 'mandate-acts')
  acts = []
  provider = 'UP'
  opened = openActsInbox({
    ...{ home, now: Date.now, lookEveryMs: 1_000_000, log: { warn: () => undefined } },
    mandates: {
      act: async (_, act) => {
        acts.push(act)
        if (act.act !== 'name') throw new MandateRefusedError('NOT_ALLOWED')
        return { persons: ['p'.repeat(43)] }
      },
    },
    readPerson: async (token) => {
      if (token === 'false') throw new RequestRejected('expected a token of a provider; came another')
      if (token === 'unavailable' && provider === 'DOWN') throw new Error('the keys cannot be fetched')
      return { issuer: 'https://login.gt.example', subject: token, agency: 'GT-MP', role: 'head' }
    },
  })
})

afterEach(async () => {
  await opened.close()
  await rm(home, { recursive: true, force: true })
})

async function ask(request: object): Promise<string> {
  const id = createUuidV7(Date.now())
  await writeRequest(inbox, id, Buffer.from(JSON.stringify(request)))
  return id
}
const nameAs = (token: string) => ask({ act: 'name', token, subjects: [] })

it('each request is answered, or refused with a reason, and no token stays', async () => {
  const good = await nameAs('ana')
  const refused = await ask({ act: 'draft', token: 'ana', document: '{}' })
  const falseToken = await nameAs('false')
  const malformed = await ask({ act: 'erase' })
  await writeFile(join(inbox, 'stray'), 'secret token')
  await opened.look()
  expect(await readAnswer(inbox, good)).toEqual({ receipt: JSON.stringify({ persons: ['p'.repeat(43)] }) })
  expect(await readAnswer(inbox, refused)).toEqual({ reason: expect.stringMatching(/^NOT_ALLOWED: expected/) })
  expect(await readAnswer(inbox, falseToken)).toEqual({ reason: expect.stringMatching(/expected a token/) })
  expect(await readAnswer(inbox, malformed)).toEqual({ reason: expect.stringMatching(/expected a request/) })
  const names = await readdir(inbox, { recursive: true })
  expect(names.filter((name) => !/(\.receipt|\.reason|rejected)$/.test(name))).toEqual([])
})

it('a request waits while the keys of its login provider cannot be fetched, and holds up no other', async () => {
  provider = 'DOWN'
  const waiting = await nameAs('unavailable')
  const other = await nameAs('ana')
  await opened.look()
  expect(await readAnswer(inbox, waiting)).toBeUndefined()
  expect(await readAnswer(inbox, other)).toHaveProperty('receipt')
  provider = 'UP'
  await opened.look()
  expect(await readAnswer(inbox, waiting)).toHaveProperty('receipt')
  expect(acts).toHaveLength(2)
})
