import type { ErrorEntry } from './entry.ts'

/** Why a country’s answer is missing: its leg, its node, its log, its quota. The order is that of docs/operating.md. */
export const LEG_ERRORS = {
  LEG_DEADLINE: {
    status: 200,
    meaning: '{country} did not answer in time, so its part is missing.',
    remedy:
      'What other countries answered is here. Ask again in a few minutes. If it lasts, ask the contact point of {country}.',
  },
  REQUEST_DEADLINE: {
    status: 200,
    meaning: 'The time for the whole request ended before {country} answered, so its part is missing.',
    remedy: 'Ask for less at once, or ask again in a few minutes.',
  },
  CONNECTION: {
    status: 200,
    meaning: 'The server of {country} cannot be reached, so its part is missing.',
    remedy:
      'What other countries answered is here. Ask again in a few minutes. If it lasts, ask the contact point of {country}.',
  },
  BREAKER_OPEN: {
    status: 200,
    meaning: 'The server of {country} failed several times in a row, so the gateway does not ask it at the moment.',
    remedy: 'Ask again in a few minutes. If it lasts, ask the contact point of {country}.',
    operator: '`/status` shows the breaker.',
  },
  COUNTRY_RATE_LIMITED: {
    status: 200,
    meaning: '{country} gets too many requests, so the gateway did not ask it for this part.',
    remedy: 'Ask for less at once, or ask again in a few minutes.',
  },
  BAD_ANSWER: {
    status: 200,
    meaning: 'The answer of {country} breaks the contract, so the gateway leaves it out.',
    remedy: 'Tell the operator of the gateway the request id, which is in the header `Istmo-Request-Id`.',
    operator: 'The log has the details under the request id.',
  },
  RECORDS_UNAVAILABLE: {
    status: 503,
    meaning: 'The server of {country} cannot read its records at the moment.',
    remedy: 'Ask again in a few minutes. If it lasts, ask the contact point of {country}.',
    operator: 'The country’s own log and its `/health/ready` name the cause and the remedy.',
  },
  LEG_SALT_MISSING: {
    status: 400,
    meaning: 'The request has no salt for the hashes of the audit log, so the national server does not answer it.',
    remedy: 'Send 16 random bytes with each request: `Istmo-Leg-Salt: :<Base 64>:`. The gateway does it by itself.',
    operator:
      'The gateway is older than the national server, or something between them drops the header `Istmo-Leg-Salt`.',
  },
  LEG_SALT_NOT_VALID: {
    status: 400,
    meaning: 'The salt for the hashes of the audit log is not 16 bytes as `:<Base 64>:`.',
    remedy: 'Send 16 random bytes with each request: `Istmo-Leg-Salt: :<Base 64>:`. The gateway does it by itself.',
    operator:
      'Something between the gateway and the national server changes the header `Istmo-Leg-Salt`, or sends it twice.',
  },
  LEG_SALT_REPEATED: {
    status: 400,
    meaning: 'The salt for the hashes of the audit log was used before, in this hour or the hour before.',
    remedy: 'Draw new random bytes for each request, also if the same request is sent again.',
    operator: 'Something between the gateway and the national server sends requests twice, or somebody replays them.',
  },
  FOREIGN_RECORD: {
    status: 200,
    meaning: 'The answer of {country} contains a record of another country, so the gateway leaves it out.',
    remedy: 'Tell the operator of the gateway the request id, which is in the header `Istmo-Request-Id`.',
    operator: 'The log has the details under the request id.',
  },
  RECEIPT_INVALID: {
    status: 200,
    meaning: 'The receipt of {country} for its answer is missing or not valid, so the gateway leaves the answer out.',
    remedy: 'Tell the operator of the gateway the request id, which is in the header `Istmo-Request-Id`.',
    operator: 'The log has the details under the request id.',
  },
  SUSPENDED: {
    status: 200,
    meaning: '{country} is suspended, so the gateway does not ask it.',
    remedy: 'Ask the operator of the gateway, or the contact point of {country}.',
    operator: '`/status` says since when; that of the operator’s server also by whom and why.',
  },
  AUTHORITY_UNAVAILABLE: {
    status: 200,
    meaning: 'The mandate authority of your own country did not answer, so {country} was not asked.',
    remedy: 'Ask again in a few minutes. If it lasts, ask the mandate authority of your own country.',
    operator:
      'The gateway’s log says why: no connection, no answer in time, or an error of the authority. Check `authority` in the file of issuers, and that the authority knows the gateway’s leg key.',
  },
  UNWITNESSED: {
    status: 200,
    meaning: '{country} gives nothing while the audit log has no quorum of witnesses.',
    remedy: 'Ask again later. If it lasts, ask the operator of the gateway.',
    operator: 'Start the witnesses again. The country’s file says how long the log may lack them.',
  },
  QUOTA_SPENT: {
    status: 200,
    meaning: 'Your quota of rows of {country} for today is spent.',
    remedy: 'Ask again tomorrow. If your task needs more, ask the contact point of {country} to raise the quota.',
  },
  HITS_SPENT: {
    status: 200,
    meaning: 'You have asked as many different hit searches today as {country} or the gateway allows.',
    remedy:
      'Ask again tomorrow; searches that you have asked today are still free. If your task needs more, ask the contact point of {country} to raise the quota.',
  },
  TIME_SPENT: {
    status: 200,
    meaning:
      'Your questions have used your share of the running time of the server of {country}, so its part is missing.',
    remedy: 'Ask again in a minute. Ask for less at once: fewer aliases, shorter lists, fewer years.',
    operator:
      'The country’s server gives each caller a share of its time (`--caller-time`), so that one caller’s questions do not keep others waiting.',
  },
  CONFIGURATION_INVALID: {
    status: 200,
    meaning: 'The file that describes {country} at the gateway is wrong, so the gateway does not ask it.',
    remedy: 'Tell the operator of the gateway.',
    operator: 'The log and `/status` name the file, the line and the remedy.',
  },
} as const satisfies Record<string, ErrorEntry>
