/** Keys, certificates and exchanges: what a captured gateway tries as itself. */
import { sha256Url } from '../../../contract/trust/digest.ts'
import { createSession } from '../../authority/clients.ts'
import { type Captor, sendToNode } from '../captor.ts'
import { type Kept, nowS, signStatement } from '../kept.ts'
import { type Act, counted, exchange, leg, noToken, ROWS, refused, shownTo } from './act.ts'

const CLOSED = { where: 'HN', code: 'CLOSED', log: 'count' } as const

/** What somebody tries with other keys. */
export const KEYS: readonly Act[] = [
  {
    title: 'an own certificate with the stolen leg key',
    ...{ row: ROWS.key, signed: refused('CALLER_NOT_VERIFIED'), attack: leg({ certificate: 'own' }) },
  },
  {
    title: 'no certificate',
    ...{ row: ROWS.key, signed: counted('CERTIFICATE_MISSING'), attack: leg({ certificate: null }) },
  },
  {
    title: 'a certificate of another authority',
    ...{ row: ROWS.key, signed: CLOSED, attack: leg({ certificate: 'stranger' }) },
  },
  {
    title: 'an old leg key',
    ...{ row: ROWS.key, signed: counted('TOKEN_INVALID') },
    attack: leg(({ world }) => ({ key: world.oldLegKey })),
  },
  {
    title: 'an old leg key under the name of the new one',
    ...{ row: ROWS.key, signed: counted('TOKEN_INVALID') },
    attack: leg(({ world }) => ({ key: world.oldLegKey, kid: world.legKey.thumbprint })),
  },
  {
    title: 'an old leg key at the exchange',
    ...{ row: ROWS.key, signed: { where: 'authority', code: 'ASSERTION_INVALID', log: 'refusal-count' } },
    attack: ({ world, exchange: send }) => send({ key: world.oldLegKey }),
  },
  {
    title: 'a leg token in the name of another gateway',
    ...{ row: ROWS.key, signed: counted('TOKEN_INVALID'), attack: leg({ claims: { iss: 'istmo-2' } }) },
  },
  {
    title: 'the leg token of another query',
    ...{ row: ROWS.key, signed: counted('REFUSED_BY_NODE'), attack: leg({ claims: { op: sha256Url('{ other }') } }) },
  },
  {
    title: 'a recorded leg, byte for byte once more',
    ...{ row: ROWS.key, signed: refused('LEG_SALT_REPEATED') },
    async attack({ world, questions, leg: send }) {
      const { sent, tokenId = '' } = await send()
      if (sent === undefined) throw new Error('expected a leg')
      return { ...(await sendToNode(world, { questions, to: 'HN', domain: 'persons' }, sent)), tokenId }
    },
  },
]

const ofJudge = (make: (captor: Captor, kept: Kept) => Promise<Readonly<Record<string, string | undefined>>>) => {
  const attack: Act['attack'] = async (captor) => {
    const of = captor.keptOf('judge')
    return captor.exchange({ of, form: await make(captor, of) })
  }
  return attack
}

/** What somebody tries at the token endpoint. */
export const EXCHANGES: readonly Act[] = [
  {
    title: 'an exchange without a statement',
    ...{ row: ROWS.token, signed: noToken('QUESTION_MISSING'), attack: exchange({ question: undefined }) },
  },
  {
    title: 'an exchange with a statement of two minutes ago',
    ...{ row: ROWS.token, signed: noToken('QUESTION_STALE') },
    attack: ofJudge(async (captor) => ({ question: signStatement(captor.keptOf('judge'), { iat: nowS() - 120 }) })),
  },
  {
    title: 'an exchange with a statement by another key',
    ...{ row: ROWS.token, signed: noToken('QUESTION_OF_OTHER') },
    attack: ofJudge(async (captor) => ({ question: signStatement(captor.keptOf('judge'), {}, await createSession()) })),
  },
  {
    title: 'an exchange with a statement for another gateway',
    ...{ row: ROWS.token, signed: noToken('QUESTION_INVALID') },
    attack: ofJudge(async (captor) => ({
      question: signStatement(captor.keptOf('judge'), { aud: 'https://istmo-2.example' }),
    })),
  },
  {
    title: 'an exchange of a country token for another one',
    ...{ row: ROWS.token, signed: noToken('SUBJECT_TOKEN_INVALID') },
    attack: ofJudge(async (_, of) => ({
      ...{ question: shownTo('HN', of), subject_token: of.countryTokens.HN ?? '' },
    })),
  },
]
