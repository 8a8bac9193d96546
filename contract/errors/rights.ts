import type { ErrorEntry } from './entry.ts'

/** What a caller may not ask, by the rules or by a check of a country. The order is that of docs/operating.md. */
export const RIGHTS_ERRORS = {
  UNAUTHORIZED_FIELD_OR_TYPE: {
    status: 403,
    meaning: 'You may not read this field.',
    remedy:
      'If your task needs it, ask your own institution for a token with the right. Otherwise leave the field out.',
    operator:
      'The status is 403 in the mode `reject` and at the auditors’ server. Otherwise the field is null, and the status is 200.',
  },
  MANDATE_NOT_COVERED: {
    status: 403,
    meaning: 'The mandate does not cover what was asked.',
    remedy:
      'State in `Istmo-Mandate` a purpose of the mandate, and nothing that the mandate does not have. If your task needs more, ask the authority that gave you the mandate.',
  },
  ASSURANCE_TOO_LOW: {
    status: 403,
    meaning: 'You did not log in strongly enough for this.',
    remedy: 'Log in again with a second factor or a hardware key. If you have neither, ask your own institution.',
    operator: 'The token’s `acr` must be at least the one that the message names.',
  },
  TASK_FORCE_NOT_RECOGNISED: {
    status: 200,
    meaning: '{country} does not recognise your task force for your issuer, agency and purpose.',
    remedy: 'Ask the coordinator of your task force, or the contact point of {country}.',
    operator: 'Each country publishes the task forces that it has joined.',
  },
  FORBIDDEN_BY_COUNTRY: {
    status: 200,
    meaning: 'The rules of {country} deny you this field.',
    remedy: 'If your task needs it, ask the contact point of {country}.',
  },
  CERTIFICATE_MISSING: {
    status: 403,
    meaning: 'The server answers only a client that shows a certificate of an authority that it trusts.',
    remedy: 'Ask the gateway, which has such a certificate.',
    operator:
      'Give the gateway --client-cert and --client-key, and the node the authority that issued it (--tls-client-ca).',
  },
  REFUSED_BY_NODE: {
    status: 200,
    meaning: 'The server of {country} did not allow the request.',
    remedy: 'Ask the contact point of {country}.',
    operator: 'The log of that server says why.',
  },
  CALLER_SUSPENDED: {
    status: 403,
    meaning: 'You, or what you ask with, is suspended: your agency, task force, authority, mandate, token or key.',
    remedy: 'Ask the mandate authority of your own country. Asking again does not help before somebody resumes it.',
    operator: '`istmo suspensions` and `/status` of the operator’s server say by whom, since when and why.',
  },
  QUESTION_NOT_SIGNED: {
    status: 200,
    meaning: '{country} answers only what the officer asked and signed, and this part came without such a question.',
    remedy:
      'Ask with a tool that signs questions. If yours does, report the request id to the operator of the gateway.',
    operator: 'The log of {country}’s server says whether there was no signed question, or what was not part of it.',
  },
  LEG_NOT_OF_QUESTION: {
    status: 403,
    meaning: 'The leg does not follow from the question that the officer signed.',
    remedy:
      'A gateway asks a country only what the officer asked. The log of the node says what was not part of the question.',
  },
  DOCUMENT_UNKNOWN: {
    status: 403,
    meaning: 'The node does not know the document that the signed question names.',
    remedy: 'Send the leg once more with the document in `extensions.istmo.document`.',
  },
  QUESTION_CAP_REACHED: {
    status: 403,
    meaning: '{country} answers only so many requests and records for one question, and this question has had them.',
    remedy: 'Ask for less at once, or divide the question.',
    operator: 'The country sets the limits in its file: `caps`.',
  },
  CALLER_NOT_VERIFIED: {
    status: 200,
    meaning: '{country} could not verify who asks and on which mandate, and gave nothing.',
    remedy: 'Log in again. If it stays so, ask the mandate authority of your own country.',
    operator:
      'The log of the country’s node says what it expected of the country token or the mandate. Compare `callers` in its file with what the authority publishes.',
  },
} as const satisfies Record<string, ErrorEntry>
