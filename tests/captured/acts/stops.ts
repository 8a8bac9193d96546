/** What was stopped: somebody goes on with it. And what comes back to the officer. */
import { decodeJwt } from 'jose'
import { expect, vi } from 'vitest'
import type { SuspendedWhat } from '../../../contract/trust/suspension.ts'
import { describeCertificate, readCertificates } from '../../../service/certificates/read-certificates.ts'
import type { Captor, Tried } from '../captor.ts'
import { DOCUMENT, VARIABLES } from '../question.ts'
import { type Act, ROWS, refused } from './act.ts'

const soon = { timeout: 30_000, interval: 50 }

/** Hands a statement in at Honduras's node, and waits until the node counts it. */
async function deliver({ world, questions }: Captor, text: string): Promise<void> {
  const { suspend, node } = world.lands[questions].HN
  await suspend(text)
  await vi.waitFor(async () => {
    const feed = await world.send(`${node.url}/suspensions`, {}, world.certificates.own)
    expect(await feed.text()).toContain(text)
  }, soon)
}

/** Does something while the country has suspended what an act asks with. */
async function whileStopped(captor: Captor, what: SuspendedWhat, act: () => Promise<Tried>): Promise<Tried> {
  const { suspender } = captor.world.lands[captor.questions].HN
  await deliver(captor, suspender.sign('suspend', what))
  try {
    return await act()
  } finally {
    await deliver(captor, suspender.sign('resume', what))
  }
}

const stopped = (title: string, code: string, whatOf: (captor: Captor) => SuspendedWhat): Act => ({
  ...{ title, row: ROWS.stopped, signed: refused(code) },
  attack: (captor) => whileStopped(captor, whatOf(captor), () => captor.leg({ of: captor.keptOf('stopped') })),
})

const officer = ({ keptOf }: Captor) => String(decodeJwt(keptOf('stopped').countryTokens.HN ?? '').sub)

const certificateHash = ({ world }: Captor): string => {
  const [certificate] = readCertificates(world.certificates.gateway.cert)
  return describeCertificate(certificate as never).hash
}

/** Goes on with what was stopped. */
export const STOPS: readonly Act[] = [
  stopped('a suspended officer', 'CALLER_SUSPENDED', (captor) => ({ officer: officer(captor) })),
  stopped('a revoked mandate', 'CALLER_SUSPENDED', ({ world }) => ({ mandate: world.officers.mandateOf.clerk.hash })),
  stopped('a suspended access token', 'CALLER_SUSPENDED', ({ keptOf }) => ({
    token: String(decodeJwt(keptOf('stopped').accessToken).jti),
  })),
  stopped('a suspended leg key', 'CALLER_NOT_VERIFIED', ({ world }) => ({ key: world.legKey.thumbprint })),
  {
    title: 'a suspended certificate, on a connection that was open',
    ...{ row: ROWS.stopped, signed: { where: 'HN', code: 'CLOSED', log: 'count' } },
    async attack(captor) {
      await captor.leg({ of: captor.keptOf('stopped') })
      const what = { key: certificateHash(captor) }
      return whileStopped(captor, what, () => captor.leg({ of: captor.keptOf('stopped') }))
    },
  },
  {
    title: 'an old `resume`',
    ...{ row: ROWS.stopped, signed: refused('CALLER_SUSPENDED') },
    async attack(captor) {
      const { suspender, suspend } = captor.world.lands[captor.questions].HN
      const what = { officer: officer(captor) }
      await deliver(captor, suspender.sign('suspend', what))
      const old = suspender.sign('resume', what)
      await deliver(captor, old)
      return whileStopped(captor, what, async () => {
        const isWaiting = await suspend(old)
        await vi.waitFor(async () => expect(await isWaiting()).toBe(false), soon)
        return captor.leg({ of: captor.keptOf('stopped') })
      })
    },
  },
]

/** Has the officer ask again, while the gateway alters what comes back. Says what the tool finds. */
const altered =
  (alter: (answer: string) => string): Act['attack'] =>
  async ({ world }) => {
    world.alter = alter
    const { evidence } = await world.tool.ask(DOCUMENT, VARIABLES).finally(() => {
      world.alter = (answer) => answer
    })
    const reasons = evidence?.legs.flatMap(({ reason }) => reason ?? []) ?? []
    const isFound = reasons.length > 0 || (evidence?.unsigned.length ?? 0) > 0
    return { where: 'tool', code: isFound ? 'FOUND' : 'ANSWERED' }
  }

const FOUND = { where: 'tool', code: 'FOUND', log: 'nowhere' } as const

/** What the officer's tool finds. */
export const ANSWERS: readonly Act[] = [
  {
    title: 'an altered name in the answer',
    ...{ row: ROWS.answer, signed: FOUND },
    attack: altered((text) => {
      const { data, ...rest } = JSON.parse(text)
      return JSON.stringify({ ...rest, data: JSON.parse(JSON.stringify(data).replace('Name of HN:P-1', 'Somebody')) })
    }),
  },
  {
    title: 'an altered name in the answer and in the evidence',
    ...{ row: ROWS.answer, signed: FOUND, attack: altered((text) => text.replaceAll('Name of HN:P-1', 'Somebody')) },
  },
  {
    title: 'an answer without its receipts',
    ...{
      row: ROWS.answer,
      signed: FOUND,
      attack: altered((text) => text.replace(/"receipt":"[^"]*"/g, '"receipt":null')),
    },
  },
]
