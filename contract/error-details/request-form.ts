import type { Language } from '../language.ts'

/** What an error says of the form of an HTTP request. `../error-details.ts` says what the texts may hold. */
export const REQUEST_FORM_DETAILS = {
  BODY_NOT_JSON: {
    en: 'expected a body of JSON in UTF-8; came something else',
    es: 'se esperaba un cuerpo en JSON y UTF-8; llegó otra cosa',
  },
  BODY_NOT_IN_CODING: {
    en: 'the body is not in the content coding {name}',
    es: 'el cuerpo no está comprimido con {name}',
  },
  BODY_CUT_OFF: { en: 'the body was cut off', es: 'el cuerpo llegó incompleto' },
  HEADER_BOOLEAN: {
    en: 'expected `{header}` to be `?1` or `?0`; came another value, and no country was asked',
    es: '`{header}` debe ser `?1` o `?0`; llegó otro valor, y no se consultó a ningún país',
  },
  EVIDENCE_HEADER: {
    en: 'expected `Istmo-Evidence` to be `legs`; came another value, and no country was asked',
    es: '`Istmo-Evidence` debe ser `legs`; llegó otro valor, y no se consultó a ningún país',
  },
  ONE_HOST: { en: 'expected one Host', es: 'se esperaba un solo encabezado Host' },
  NO_SUCH_OPERATION_TYPE: {
    en: 'the graph has no {kind} type',
    es: 'el grafo no tiene operaciones de tipo {kind}',
  },
  SEARCH_ONCE: {
    en: 'expected the parameter {name} of the address once; came several',
    es: 'se esperaba una sola vez el parámetro {name} de la dirección; llegó varias veces',
  },
  SEARCH_OBJECT: {
    en: 'expected the parameter {name} of the address to be a JSON object; came another text',
    es: 'el parámetro {name} de la dirección debe ser un objeto JSON; llegó otro texto',
  },
  BODY_OBJECT: {
    en: 'expected the body to be a JSON object with a `query`; came another one, or none',
    es: 'el cuerpo debe ser un objeto JSON con `query`; llegó otro, o ninguno',
  },
  BODY_BATCH: {
    en: 'expected one operation in the request; came a batch',
    es: 'se admite una sola operación por solicitud; llegó una lista',
  },
  QUERY_TEXT: {
    en: 'expected `query` to be a text of GraphQL; came another value',
    es: '`query` debe ser un texto en GraphQL; llegó otro valor',
  },
  QUERY_MISSING: {
    en: 'expected a text of GraphQL in `query`; came none',
    es: 'se esperaba un texto en GraphQL en `query`; no llegó ninguno',
  },
  MEMBER_OBJECT: {
    en: 'expected `{name}` to be a JSON object; came another value',
    es: '`{name}` debe ser un objeto JSON; llegó otro valor',
  },
  MEMBER_TEXT: {
    en: 'expected `{name}` to be a text; came another value',
    es: '`{name}` debe ser un texto; llegó otro valor',
  },
  GET_TYPE: {
    en: 'expected a GET without `Content-Type`, or with application/json; came another type',
    es: 'un GET no lleva `Content-Type`, o lleva application/json; llegó otro tipo',
  },
  GET_OPERATION: {
    en: 'expected an operation of type query by GET; came one of type {kind}',
    es: 'por GET solo se admite una operación de tipo query; llegó una de tipo {kind}',
  },
  ACCEPT: {
    en: 'expected an `Accept` with application/json or application/graphql-response+json; came one with neither',
    es: '`Accept` debe admitir application/json o application/graphql-response+json; llegó uno que no admite ninguno de los dos',
  },
  UNASKED: {
    en: 'expected a `Content-Type` of JSON or the header `Apollo-Require-Preflight`, so that no page of another origin sends this unasked; came neither',
    es: 'se esperaba un `Content-Type` de JSON o el encabezado `Apollo-Require-Preflight`, para que ninguna página de otro origen envíe esto sin permiso; no llegó ninguno de los dos',
  },
} as const satisfies Record<string, Readonly<Record<Language, string>>>
