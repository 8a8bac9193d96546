import { type Both, both, same } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import { codesOf, dataOf, describeReply, isRefused, type LegQuestion, type QuestionFault, type Reply } from '../leg.ts'
import { type Asked, askedOf } from './asked-questions.ts'
import { absentId } from './found-records.ts'

/** Signed questions: a node gives what the officer asked and signed, and nothing else (docs/design/trust.md). */

const NO_RULES = both('a domain with rules', 'un dominio con reglas')
const REMEDY = both(
  'Let our node check each leg: it compares the leg with the document and the values that the officer signed.',
  'Que nuestro nodo revise cada consulta: la compara con el documento y los valores que firmó el funcionario.',
)

interface Sent {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly question: LegQuestion
}

const send = (world: World, { domain }: Asked, sent: Sent): Promise<Reply> =>
  world.ask({ domain, as: world.callers.reader, ...sent })

/** Whether a node refused a leg because it is not the officer's question. */
const isForeign = (reply: Reply): boolean =>
  reply.status === 403 && isRefused(reply) && codesOf(reply).every((code) => code === 'LEG_NOT_OF_QUESTION')

const answered: Check = {
  id: 'questions.answered',
  title: both('What the officer asked and signed is answered', 'Lo que el funcionario preguntó y firmó se responde'),
  remedy: both(
    'The node takes the officer’s question for another one. Compare the clocks, and use the same version of the contract.',
    'El nodo toma la pregunta del funcionario por otra. Compare los relojes y use la misma versión del contrato.',
  ),
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    for (const asked of askedOf(world)) {
      const { byId, list, values } = asked
      const variables = { id: absentId(world) }
      const listed = { c: [world.facts.country], ...values[0] }
      const replies = [
        await send(world, asked, { query: byId, variables, question: { document: byId, variables } }),
        await send(world, asked, {
          ...{ query: list, variables: listed, question: { document: list, variables: listed } },
        }),
      ]
      for (const reply of replies)
        tally.note(
          reply.status === 200 && dataOf(reply) !== undefined && codesOf(reply).length === 0,
          asked.coordinates[0] ?? asked.domain,
          same('HTTP 200'),
          same(describeReply(reply)),
        )
    }
    return tally.result(NO_RULES)
  },
}

interface ForeignCase {
  readonly name: string
  readonly is: Both
  readonly sent: (world: World, asked: Asked) => Sent
}

/** Legs that ask something else than the question. */
const FOREIGN: readonly ForeignCase[] = [
  {
    name: 'other-field',
    is: both('that asks for a field that the officer did not ask for', 'que pide un campo que el funcionario no pidió'),
    sent: (world, { byId, wider }) => {
      const variables = { id: absentId(world) }
      return { query: wider, variables, question: { document: byId, variables } }
    },
  },
  {
    name: 'other-id',
    is: both(
      'that asks for a record that neither the question nor a country named',
      'que pide un registro que ni la pregunta ni un país nombraron',
    ),
    sent: (world, { byId }) => ({
      ...{ query: byId, variables: { id: absentId(world, 1) } },
      question: { document: byId, variables: { id: absentId(world) } },
    }),
  },
  {
    name: 'other-values',
    is: both('whose values are not those of the officer', 'cuyos valores no son los del funcionario'),
    sent: ({ facts }, { list, values: [signed, other] }) => {
      const c = [facts.country]
      return { query: list, variables: { c, ...other }, question: { document: list, variables: { c, ...signed } } }
    },
  },
]

function foreignCheck({ name, is, sent }: ForeignCase): Check {
  return {
    id: `questions.${name}`,
    title: both(`A leg ${is.en} is refused`, `Una consulta ${is.es} se rechaza`),
    remedy: REMEDY,
    isOfNode: true,
    async run(world) {
      const tally = createTally()
      for (const asked of askedOf(world)) {
        const reply = await send(world, asked, sent(world, asked))
        tally.note(isForeign(reply), asked.domain, same('HTTP 403, LEG_NOT_OF_QUESTION'), same(describeReply(reply)))
      }
      return tally.result(NO_RULES)
    },
  }
}

/** Questions that do not hold, by the end of the id of their check. */
const FAULTS: Readonly<Record<string, { readonly fault: QuestionFault; readonly is: Both }>> = {
  'other-key': {
    fault: 'QUESTION_KEY_UNKNOWN',
    is: both('that another key signed', 'que firmó otra clave'),
  },
  changed: {
    fault: 'QUESTION_CHANGED',
    is: both('that somebody changed after it was signed', 'que alguien cambió después de la firma'),
  },
  'other-token': {
    fault: 'QUESTION_OF_OTHER_TOKEN',
    is: both('that belongs to another access token', 'que corresponde a otro token de acceso'),
  },
  old: { fault: 'QUESTION_OLD', is: both('of an hour ago', 'de hace una hora') },
  future: { fault: 'QUESTION_FROM_THE_FUTURE', is: both('of the future', 'del futuro') },
  'other-country': {
    fault: 'QUESTION_OF_OTHER_COUNTRY',
    is: both('for another country', 'para otro país'),
  },
  'other-purpose': {
    fault: 'QUESTION_OF_OTHER_PURPOSE',
    is: both('for another purpose', 'con otra finalidad'),
  },
}

function faultCheck([name, { fault, is }]: readonly [string, (typeof FAULTS)[string]]): Check {
  return {
    id: `questions.${name}`,
    title: both(`A leg of a question ${is.en} is refused`, `Una consulta de una pregunta ${is.es} se rechaza`),
    remedy: REMEDY,
    isOfNode: true,
    async run(world) {
      const tally = createTally()
      const [asked] = askedOf(world)
      if (asked === undefined) return tally.result(NO_RULES)
      const variables = { id: absentId(world) }
      const document = asked.byId
      const reply = await send(world, asked, { query: document, variables, question: { document, variables, fault } })
      tally.note(isForeign(reply), fault, same('HTTP 403, LEG_NOT_OF_QUESTION'), same(describeReply(reply)))
      return tally.result(NO_RULES)
    },
  }
}

const unsigned: Check = {
  id: 'questions.unsigned',
  title: both(
    'A leg on a mandate that is bound to a case needs a signed question',
    'Una consulta con un mandato ligado a un caso necesita una pregunta firmada',
  ),
  remedy: both(
    'Use our node: only the signed question shows that a leg is about the case of its mandate.',
    'Use nuestro nodo: solo la pregunta firmada muestra que una consulta es sobre el caso de su mandato.',
  ),
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    for (const { domain, byId } of askedOf(world)) {
      const variables = { id: absentId(world) }
      const reply = await world.ask({ domain, query: byId, variables, as: world.callers.reader, isOfCase: true })
      tally.note(
        isRefused(reply) && codesOf(reply).includes('QUESTION_NOT_SIGNED'),
        domain,
        same('QUESTION_NOT_SIGNED'),
        same(describeReply(reply)),
      )
    }
    return tally.result(NO_RULES)
  },
}

/** The checks of signed questions. */
export const QUESTION_CHECKS: readonly Check[] = [
  answered,
  ...FOREIGN.map(foreignCheck),
  ...Object.entries(FAULTS).map(faultCheck),
  unsigned,
]
