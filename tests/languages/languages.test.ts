import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getIntrospectionQuery, type IntrospectionField, type IntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from '../hostile-client/world.ts'
import { type RunningGateway, startLimited } from '../limits/running-gateway.ts'

/**
 * An officer of a country reads answers in Spanish, and a developer reads them in English. The first part asks a gateway in a process of its
 * own, with Honduras's node behind it. The second part has a Honduras that takes questions and never answers.
 */

interface Said {
  readonly status: number
  readonly language: string | null
  readonly vary: string | null
  readonly code: unknown
  readonly message: string
  readonly challenge: string | null
}

function read(answer: { readonly status: number; readonly headers: Headers; readonly text: string }): Said {
  const [error] = (JSON.parse(answer.text) as { errors: { message: string; extensions: { code: unknown } }[] }).errors
  return {
    status: answer.status,
    language: answer.headers.get('content-language'),
    vary: answer.headers.get('vary'),
    code: error?.extensions.code,
    message: error?.message ?? '',
    challenge: answer.headers.get('www-authenticate'),
  }
}

describe('a gateway with a caller', () => {
  let world: World
  let analyst: string

  beforeAll(async () => {
    world = await startWorld()
    analyst = await world.token('case:read person:read')
  })
  afterAll(() => world.close())

  const ask = async (query: string, headers: Record<string, string>, token: string | null = analyst) =>
    read(await world.ask(query, token, { headers }))

  const WRONG = '{ case(id: "GT-1") { court } }'

  it.each([
    ['es', 'es'],
    ['es-GT,es;q=0.9,en;q=0.8', 'es'],
    ['en', 'en'],
    ['fr;q=1, es;q=0.5', 'es'],
    ['de', 'en'],
    ['\u00ff;;q=x,{"es"}', 'en'],
    [null, 'en'],
  ])('answers a wrong question with Accept-Language %s in %s', async (acceptLanguage, language) => {
    const said = await ask(WRONG, acceptLanguage === null ? {} : { 'accept-language': acceptLanguage })
    expect(said).toMatchObject({ status: 400, code: 'ID_INVALID', language, vary: 'Accept-Language' })
    const detail = { es: 'llegó un texto de 4 caracteres', en: 'came a string of 4 characters' }
    expect(said.message).toContain(detail[language as 'es' | 'en'])
    expect(said.message).toMatch(language === 'es' ? /^Un identificador no tiene/ : /^An id does not have/)
  })

  it.each<[string, () => readonly [string, Record<string, string>, (string | null)?], object, RegExp, RegExp]>([
    [
      'a token that nobody signed',
      () => ['{ __typename }', {}, 'x.y.z'],
      { status: 401, code: 'TOKEN_INVALID' },
      /token de acceso no es válido/,
      /token is not valid/,
    ],
    [
      'grounds outside the mandate',
      () => ['{ __typename }', { 'istmo-mandate': 'purpose=PROSECUTION' }],
      { status: 403, code: 'MANDATE_NOT_COVERED' },
      /El mandato no cubre .* Sus finalidades no incluyen/,
      /The mandate does not cover .* Its purposes do not include/,
    ],
    [
      'a document that is not GraphQL',
      () => ['{ case', {}],
      { status: 400, code: 'GRAPHQL_PARSE_FAILED' },
      /no es GraphQL\. Error de sintaxis: /,
      /^The document is not GraphQL\. Syntax Error.* Correct the syntax /,
    ],
    [
      'a document that is too long',
      () => [`{ ${'x: __typename '.repeat(3_000)} }`, {}],
      { status: 400, code: 'LIMIT_EXCEEDED' },
      /La operación es más grande .* Se admiten como máximo \d+ tokens de GraphQL; llegaron \d+\. Pida menos/,
      /The operation is larger .* Expected at most \d+ tokens; came \d+\. Ask for less/,
    ],
    [
      'a field that the token does not open',
      () => ['{ case(id: "HN:1") { narrative } }', {}],
      { status: 200, code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
      /^Usted no puede leer este campo\. .* su propia institución/,
      /^You may not read this field\. .* your own institution/,
    ],
    [
      'a country that does not take part',
      () => ['{ case(id: "PA:1") { court } }', {}],
      { status: 200, code: 'NOT_PUBLISHED' },
      /^Panamá no publica/,
      /^Panama does not publish/,
    ],
  ])('says in both languages what is wrong with %s', async (_, question, expected, spanish, english) => {
    const [query, headers, token = analyst] = question()
    const inSpanish = await ask(query, { ...headers, 'accept-language': 'es-SV' }, token)
    const inEnglish = await ask(query, { ...headers, 'accept-language': 'en' }, token)
    expect(inSpanish).toMatchObject({ ...expected, language: 'es' })
    expect(inEnglish).toMatchObject({ ...expected, language: 'en' })
    expect(inSpanish.message).toMatch(spanish)
    expect(inEnglish.message).toMatch(english)
    expect(inSpanish.challenge).toBe(inEnglish.challenge)
    expect(inSpanish.challenge ?? '').toMatch(/^[\x20-\x7e]*$/)
  })

  it('logs nothing in Spanish', async () => {
    await ask(WRONG, { 'accept-language': 'es' })
    await ask('{ case(id: "HN:1") { narrative } }', { 'accept-language': 'es' })
    expect(world.logged()).not.toMatch(/identificador|Usted|institución/)
  })

  it('gives the schema in both languages, without what the caller may not read', async () => {
    const schema = async (headers: Record<string, string>) => {
      const { text } = await world.ask(getIntrospectionQuery(), analyst, { headers })
      return (JSON.parse(text) as { data: IntrospectionQuery }).data.__schema
    }
    const fieldOf = (shown: Awaited<ReturnType<typeof schema>>, name: string): IntrospectionField | undefined => {
      const type = shown.types.find((each) => each.name === 'Case')
      return type?.kind === 'OBJECT' ? type.fields.find((field) => field.name === name) : undefined
    }
    const asked = [{}, { 'accept-language': 'es-HN' }, { 'accept-language': 'en' }, { 'accept-language': 'es' }]
    const texts: unknown[] = []
    for (const headers of asked) {
      const shown = await schema(headers)
      expect(fieldOf(shown, 'narrative')).toBeUndefined()
      texts.push(fieldOf(shown, 'court')?.description)
    }
    const english = 'The court that hears the case. You need the scope `case:read`.'
    const spanish = 'El tribunal que conoce del caso. Necesita el permiso (scope) `case:read`.'
    expect(texts).toEqual([english, spanish, english, spanish])
  })
})

describe('a gateway whose Honduras is silent', () => {
  let silent: Server
  let gateway: RunningGateway

  beforeAll(async () => {
    silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const flags = { legDeadline: '200', callerRate: '0.01:4' }
    gateway = await startLimited(flags, `http://127.0.0.1:${port}/graphql`)
  })
  afterAll(async () => {
    await gateway.close()
    silent.closeAllConnections()
    silent.close()
  })

  const STATUTE = { query: '{ statute(id: "HN:CP:1") { heading } }' }
  const ask = async (language: string) => {
    const answer = await gateway.ask(STATUTE, { headers: { 'accept-language': language } })
    return read({ ...answer, text: answer.text })
  }

  it('names Honduras, and says what to do next and whom to ask', async () => {
    const [spanish, english] = [await ask('es'), await ask('en')]
    expect(spanish.message).toBe(
      'Honduras no respondió a tiempo, por lo que falta su parte. Lo que respondieron otros países está aquí. Pregunte otra vez en unos minutos. Si sigue igual, consulte al punto de contacto de Honduras.',
    )
    expect(english.message).toBe(
      'Honduras did not answer in time, so its part is missing. What other countries answered is here. Ask again in a few minutes. If it lasts, ask the contact point of Honduras.',
    )
    expect([spanish.code, english.code]).toEqual(['TIMED_OUT', 'TIMED_OUT'])
  })

  it('says in both languages that there were too many requests', async () => {
    while ((await ask('en')).status !== 429);
    expect(await ask('es')).toMatchObject({ status: 429, code: 'RATE_LIMITED', language: 'es' })
    expect((await ask('es')).message).toMatch(
      /^Llegaron demasiadas solicitudes .* Se admiten como máximo 0\.01 por segundo, y 4 a la vez/,
    )
    expect((await ask('en')).message).toMatch(
      /^Too many requests came .* Expected at most 0\.01 a second, and 4 at once/,
    )
  })
})
